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
import org.junit.jupiter.api.Tag;
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
     * Rounds between 4 workers in network namespaces, links limited to this rate in Mbit/s in each direction, as in docs/performance.md, and
     * gloo's all-reduces there. The rounds of 1,000,000 coordinates are those of a machine with 256-bit vectors.
     */
    @ParameterizedTest
    @CsvSource({"10000000, 100, none, none, STAR, 14.120", "10000000, 100, float16, float16, STAR, 7.081",
            "10000000, 100, eden:bits=8, eden:bits=8, STAR, 3.596",
            "10000000, 100, eden:bits=4, eden:bits=8, STAR, 3.581",
            "10000000, 100, eden:bits=4, eden:bits=4, STAR, 1.837",
            "10000000, 100, eden:bits=2, eden:bits=4, STAR, 1.803",
            "10000000, 100, drive, eden:bits=4, STAR, 1.791", "10000000, 100, none, none, RING, 5.15",
            "1000000, 10, none, none, STAR, 14.784", "1000000, 10, eden:bits=8, eden:bits=8, STAR, 3.750",
            "1000000, 10, eden:bits=4, eden:bits=8, STAR, 3.664", "1000000, 10, eden:bits=2, eden:bits=8, STAR, 3.769",
            "1000000, 100, none, none, STAR, 1.689", "1000000, 100, eden:bits=8, eden:bits=8, STAR, .394",
            "1000000, 100, eden:bits=4, eden:bits=8, STAR, .378", "1000000, 100, eden:bits=2, eden:bits=8, STAR, .374",
            "1000000, 10, none, none, PEERS, 6.319", "1000000, 10, eden:bits=8, eden:bits=8, PEERS, 1.389",
            "1000000, 10, eden:bits=4, eden:bits=8, PEERS, 1.037", "1000000, 10, eden:bits=2, eden:bits=8, PEERS, .848",
            "1000000, 100, none, none, PEERS, .601", "1000000, 100, eden:bits=8, eden:bits=8, PEERS, .179",
            "1000000, 100, eden:bits=4, eden:bits=8, PEERS, .129",
            "1000000, 100, eden:bits=2, eden:bits=8, PEERS, .114",
            "1000000, 10, none, none, RING, 5.328", "1000000, 10, float16, float16, RING, 2.557",
            "1000000, 100, none, none, RING, .506", "1000000, 100, float16, float16, RING, .262"})
    void shouldBeWithinAQuarterOfMeasuredRounds(int parameters, double megabits, String up, String down,
            Topology topology,
            double measured) {
        CostModel model = new CostModel(4, 1, 0);
        boolean narrow = parameters == 1_000_000;
        RoundCost cost = RoundCost.of(Method.parse(up), Method.parse(down), parameters, speed(up, narrow),
                speed(down, narrow));
        double round = model.round(topology, cost, megabits * MEGABIT);
        System.out.printf("%s up, %s down, %s: %.3f s, measured %.3f s%n", up, down, topology, round, measured);
        assertEquals(measured, round, .25 * measured);
    }

    /** As measured by {@code bench}, with 256-bit vectors or wider ones. */
    private static CodecSpeed speed(String method, boolean narrow) {
        if (!narrow) {
            return new CodecSpeed(.6e-9, .5e-9);
        }
        return method.equals("eden:bits=8") ? new CodecSpeed(4.4e-9, 2.4e-9) : new CodecSpeed(1.9e-9, 1.3e-9);
    }

    /** In blocks of the length that fits a frame of 1408 bytes. */
    @ParameterizedTest
    @CsvSource({"eden:bits=1, 4096, 3", "eden:bits=2, 4096, 3", "eden:bits=4, 2048, 3", "eden:bits=8, 1024, 2"})
    void shouldFindCodingsWithTheErrorOfPlainEden(String plain, int length, int count) {
        List<String> codings = CodingAdvice.codings(plain, 1_000_000);
        assertEquals(plain, codings.getFirst());
        assertEquals(count, codings.size(), codings.toString());
        double most = Method.parse(plain).expectedError(length).orElseThrow();
        for (String coding : codings) {
            double error = Method.parse(coding).expectedError(length).orElseThrow();
            assertTrue(error <= most, coding + ": " + error + ", " + plain + ": " + most);
        }
        double entropyBytes = RoundCost.bytes(Method.parse(codings.getLast()), 1_000_000);
        assertTrue(entropyBytes < RoundCost.bytes(Method.parse(plain), 1_000_000), codings.toString());
    }

    @Test
    void shouldCompareCodingsWithPlainEdenOnly() {
        String message = assertThrows(IllegalArgumentException.class, () -> CodingAdvice.codings("drive", 1000))
            .getMessage();
        assertEquals("--codings compares with plain EDEN, such as eden:bits=4, got drive", message);
    }

    @Tag("thorough")
    @Test
    void shouldAdviseACodingForEachLink() {
        CliRun run = CliRun.of("advise", "--parameters", "1000000", "--codings", "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> rows = run.json();
        assertEquals(10, rows.size());
        for (JsonNode row : rows) {
            assertTrue(row.get("roundSeconds").asDouble() <= row.get("plainSeconds").asDouble(), row.toString());
        }
        JsonNode slowest = rows.getFirst();
        assertEquals("star", slowest.get("topology").asText());
        assertEquals(1, slowest.get("linkMbit").asDouble());
        assertTrue(slowest.get("downlink").asText().endsWith("coding=entropy"), slowest.toString());
        CliRun wrong = CliRun.of("advise", "--parameters", "1000000", "--codings", "--method", "none");
        assertEquals(2, wrong.exitCode());
        assertTrue(wrong.err().contains("--codings compares with plain EDEN, such as eden:bits=4, got none"),
                wrong.err());
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
