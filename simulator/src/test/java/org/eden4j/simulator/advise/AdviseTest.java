package org.eden4j.simulator.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdviseTest {
    private static final CodecSpeed FREE = new CodecSpeed(0, 0);
    private static final double MEGABIT = 1e6;

    private static RoundCost cost(String up, String down, int parameters, CodecSpeed speed) {
        return RoundCost.of(Method.parse(up), Method.parse(down), parameters, speed, speed);
    }

    /**
     * Rounds of 10,000,000 coordinates between 4 workers in network namespaces, links limited to 100 Mbit/s in each direction, as in
     * docs/performance.md, and gloo's all-reduce there.
     */
    @ParameterizedTest
    @CsvSource({"none, none, STAR, 14.120", "float16, float16, STAR, 7.081", "eden:bits=8, eden:bits=8, STAR, 3.596",
            "eden:bits=4, eden:bits=8, STAR, 3.581", "eden:bits=4, eden:bits=4, STAR, 1.837",
            "eden:bits=2, eden:bits=4, STAR, 1.803", "drive, eden:bits=4, STAR, 1.791", "none, none, RING, 5.15"})
    void shouldBeWithinAQuarterOfMeasuredRounds(String up, String down, Topology topology, double measured) {
        CostModel model = new CostModel(4, 1, 0);
        double round = model.round(topology, cost(up, down, 10_000_000, new CodecSpeed(.6e-9, .5e-9)), 100 * MEGABIT);
        System.out.printf("%s up, %s down, %s: %.3f s, measured %.3f s%n", up, down, topology, round, measured);
        assertEquals(measured, round, .25 * measured);
    }

    @Test
    void shouldCountWholeFramesWithTheirHeaders() {
        // 977 blocks of up to 1024 coordinates: 512 bytes and a scale, a header of ours and one of Aeron, of Ethernet, IP and UDP
        double bytes = RoundCost.bytes(Method.parse("eden:bits=4"), 1_000_000);
        assertTrue(bytes > 500_000 * 1.05 && bytes < 500_000 * 1.3, bytes + " bytes");
        double floats = RoundCost.bytes(Method.parse("none"), 1_000_000);
        assertTrue(floats > 4_000_000 * 1.03 && floats < 4_000_000 * 1.2, floats + " bytes");
    }

    @Test
    void shouldGrowWithWorkersInAStarAndNotInARing() {
        RoundCost cost = cost("eden:bits=4", "eden:bits=4", 1_000_000, FREE);
        double four = new CostModel(4, 1, 0).round(Topology.STAR, cost, MEGABIT);
        assertEquals(4 * four, new CostModel(16, 1, 0).round(Topology.STAR, cost, MEGABIT), 1e-9 * four);
        double limit = 2 * cost.bytesUp() * 8 / MEGABIT;
        for (Topology topology : List.of(Topology.PEERS, Topology.RING)) {
            assertEquals(.75 * limit, new CostModel(4, 1, 0).round(topology, cost, MEGABIT), 1e-9 * limit);
            assertEquals(limit, new CostModel(1000, 1, 0).round(topology, cost, MEGABIT), 2e-3 * limit);
        }
        assertEquals(four + 3, new CostModel(4, 1, 3).step(Topology.STAR, cost, MEGABIT), 1e-9);
    }

    @Test
    void shouldFindTheRateAtWhichBothTakeTheSameTime() {
        RoundCost compressed = cost("eden:bits=4", "eden:bits=4", 10_000_000, new CodecSpeed(2e-9, 1e-9));
        RoundCost floats = cost("none", "none", 10_000_000, FREE);
        CostModel model = new CostModel(4, 1, 0);
        double rate = model.crossover(Topology.PEERS, compressed, Topology.RING, floats);
        double ours = model.round(Topology.PEERS, compressed, rate);
        assertEquals(model.round(Topology.RING, floats, rate), ours, 1e-3 * ours);
        assertTrue(rate > 1e9 && rate < 1e11, rate + " bits per second");
        assertEquals(Double.POSITIVE_INFINITY, model.crossover(Topology.PEERS,
                cost("eden:bits=4", "eden:bits=4", 1_000_000, FREE), Topology.RING, floats));
        assertEquals(0, model.crossover(Topology.STAR, floats, Topology.RING, floats));
    }

    @Test
    void shouldAdviseInRowsAndASentence(@TempDir Path directory) throws IOException {
        String[] arguments = {"advise", "--parameters", "1000000", "--workers", "4", "--link", "100mbit", "--step",
                "50ms",
                "--method", "eden:bits=4", "--method", "none"};
        CliRun json = CliRun.of(with(arguments, "--format", "json", "--out", directory.toString()));
        assertEquals(0, json.exitCode(), json.err());
        List<JsonNode> rows = json.json();
        assertEquals(2 * 2 + 2, rows.size(), json.out());
        double last = 0;
        for (JsonNode row : rows) {
            assertEquals("advise", row.get("command").asText());
            assertTrue(row.get("secondsPerStep").asDouble() >= last && row.get("secondsPerStep").asDouble() > .05,
                    row.toString());
            assertTrue(row.get("allReduceSeconds").asDouble() > .05, row.toString());
            last = row.get("secondsPerStep").asDouble();
        }
        assertEquals("eden:bits=4", rows.getFirst().get("method").asText());
        assertEquals("peers", rows.getFirst().get("topology").asText());
        assertTrue(Files.readString(directory.resolve("report.html")).contains("rate of a link, Mbit/s"));
        String text = CliRun.of(arguments).out();
        assertTrue(text.contains("times less than the") && text.contains("links of 100 Mbit/s"), text);
        CliRun fast = CliRun.of("advise", "--parameters", "1000", "--link", "100gbit", "--step", "1s", "--method",
                "eden:bits=4");
        assertTrue(fast.out().contains("saves nothing"), fast.out());
    }

    private static String[] with(String[] first, String... then) {
        String[] all = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }

    @Test
    void shouldReadRatesAndTimes() {
        assertEquals(1e8, Rate.parse("100mbit").bitsPerSecond());
        assertEquals(2.5e9, Rate.parse("2.5 Gbit/s").bitsPerSecond());
        assertEquals("2.50 Gbit/s", Rate.parse("2.5gbit").toString());
        assertEquals("100 Mbit/s", Rate.parse("0.1gbit").toString());
        assertThrows(IllegalArgumentException.class, () -> Rate.parse("100"));
        assertEquals(.05, Seconds.parse("50ms"), 1e-15);
        assertEquals(.2, Seconds.parse("0.2s"));
        assertEquals(3, Seconds.parse("3"));
        assertThrows(IllegalArgumentException.class, () -> Seconds.parse("-1s"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--parameters 0", "--parameters 10 --workers 0", "--parameters 10 --link 5",
            "--parameters 10 --step soon"})
    void shouldExitWithTwoOnWrongUsage(String line) {
        assertEquals(2, CliRun.of(("advise " + line).strip().split(" ")).exitCode());
    }
}
