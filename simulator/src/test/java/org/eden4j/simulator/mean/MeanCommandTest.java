package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members are threads of this process, with a real media driver. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MeanCommandTest {
    private static final List<String> FIELDS = List.of("command", "round", "workers", "contributors", "missing",
            "dimension",
            "method", "downlink", "nmse", "expectedNmse", "bytesUp", "bytesDown", "wireBitsUp", "wireBitsDown",
            "transportBytes", "seconds", "equalsReference", "expectedError");

    @Test
    void shouldPrintProcessesRoundsAndSummaryWithTheFieldsOfTheContract() {
        List<JsonNode> lines = mean("--workers", "3", "--dimension", "20000", "--rounds", "2");
        assertEquals(4, lines.size());
        JsonNode processes = lines.getFirst().get("processes");
        assertEquals(4, processes.size());
        assertEquals("aggregator", processes.get(0).get("role").asText());
        assertEquals(2, processes.get(3).get("index").asInt());
        for (JsonNode round : lines.subList(1, 3)) {
            for (String field : FIELDS) {
                assertTrue(round.has(field), field + " in " + round);
            }
            assertEquals(3, round.get("contributors").asInt());
            assertTrue(round.get("seconds").asDouble() > 0);
        }
        assertTrue(lines.getLast().get("summary").asBoolean());
        assertTrue(lines.getLast().get("equalsReference").asBoolean());
    }

    /** Members are threads, with fewer rounds than the benchmark of the transport. */
    @Tag("thorough")
    @Test
    void shouldServeSixtyFourWorkers() {
        List<JsonNode> lines = mean("--workers", "64", "--dimension", "100000", "--method", "eden:bits=4", "--rounds",
                "3");
        assertEquals(5, lines.size());
        JsonNode summary = lines.getLast();
        assertEquals(64, summary.get("contributors").asInt());
        assertTrue(summary.get("equalsReference").asBoolean(), summary.toString());
        assertTrue(summary.get("joinSeconds").asDouble() > 0, summary.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 127, 128, 129, 1000, 4223})
    void shouldEqualTheReferenceForAnyDimension(int dimension) {
        List<JsonNode> lines = mean("--workers", "3", "--dimension", Integer.toString(dimension), "--rounds", "2");
        assertTrue(lines.stream().skip(1).allMatch(line -> line.get("equalsReference").asBoolean()), lines.toString());
    }

    /** The error of every round is the same to its last digit in one shard, in several, and if workers host them. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,ipc", "topk:fraction=0.05,ipc", "none,udp"})
    void shouldHaveTheSameMeanForAnyNumberOfShards(String method, String channel) {
        List<List<Double>> errors = new ArrayList<>();
        for (List<String> topology : List.of(List.of("--shards", "1"), List.of("--shards", "2"), List.of("--peers"))) {
            List<String> arguments = new ArrayList<>(List.of("--workers", "3", "--dimension", "50003", "--rounds", "3",
                    "--method", method, "--channel", channel, "--error-feedback"));
            arguments.addAll(topology);
            List<JsonNode> lines = mean(arguments.toArray(String[]::new));
            assertTrue(lines.stream().skip(1).allMatch(line -> line.get("equalsReference").asBoolean()),
                    lines.toString());
            errors.add(lines.stream().skip(1).map(line -> line.get("nmse").asDouble()).toList());
        }
        assertEquals(errors.get(0), errors.get(1));
        assertEquals(errors.get(0), errors.get(2));
    }

    /** Blocks smaller than the default, and methods whose sums are rotated back once, with a padded tail. */
    @ParameterizedTest
    @ValueSource(strings = {"turboquant-prod:bits=4", "quicfl:bits=4", "sq:bits=4,rotate=true", "topk:fraction=0.05"})
    void shouldEqualTheReferenceForOtherKindsOfMethods(String method) {
        List<JsonNode> lines = mean("--workers", "3", "--dimension", "1300", "--rounds", "2", "--method", method);
        assertTrue(lines.stream().skip(1).allMatch(line -> line.get("equalsReference").asBoolean()), lines.toString());
    }

    /** Uncompressed for 20 rounds, then at 4 bits, then at 1; with error feedback, and where the vector is cut. */
    @ParameterizedTest
    @ValueSource(strings = {"--channel udp", "--shards 2 --error-feedback"})
    void shouldEqualTheReferenceInEveryRoundOfASchedule(String more) {
        assertEqualsReference(more, 3);
    }

    @Tag("thorough")
    @ParameterizedTest
    @ValueSource(strings = {"--channel udp", "--shards 2 --error-feedback"})
    void shouldEqualTheReferenceInEveryRoundOfALongSchedule(String more) {
        assertEqualsReference(more, 20);
    }

    private static void assertEqualsReference(String more, int phase) {
        List<String> arguments = new ArrayList<>(List.of("--workers", "3", "--dimension", "50003", "--rounds",
                Integer.toString(3 * phase), "--schedule",
                "none/none;eden:bits=4/eden:bits=8@" + phase + ";eden:bits=1/eden:bits=2@" + 2 * phase));
        arguments.addAll(List.of(more.split(" ")));
        List<JsonNode> lines = mean(arguments.toArray(String[]::new));
        assertEquals(3 * phase + 2, lines.size());
        for (JsonNode row : lines.subList(1, 3 * phase + 1)) {
            int round = row.get("round").asInt();
            assertTrue(row.get("equalsReference").asBoolean(), row.toString());
            assertEquals(round < phase ? 32 : round < 2 * phase ? 4 : 1, row.get("wireBitsUp").asDouble(), .2,
                    row.toString());
            assertEquals(round < phase ? 32 : round < 2 * phase ? 8 : 2, row.get("wireBitsDown").asDouble(), .2,
                    row.toString());
        }
        assertTrue(lines.getLast().get("equalsReference").asBoolean());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--schedule none --method drive", "--schedule none/drive;none/none@3 --downlink none",
            "--schedule none/none;drive@3", "--schedule none;drive"})
    void shouldExitWithTwoOnAWrongSchedule(String options) {
        CliRun run = CliRun.of(("mean --threads-only --dimension 300 " + options).split(" "));
        assertEquals(2, run.exitCode(), run.err());
    }

    @ParameterizedTest
    @CsvSource({"eden:bits=3,eden:bits=8,independent", "drive,none,same", "none,none,independent",
            "eden:bits=2,eden:bits=6,correlated:0.5"})
    void shouldMeetTheClosedForm(String method, String downlink, String vectors) {
        List<JsonNode> lines = mean("--workers", "4", "--dimension", "60000", "--rounds", "3", "--method", method,
                "--downlink",
                downlink, "--vectors", vectors, "--input", "normal", "--mtu", "65504");
        JsonNode summary = lines.getLast();
        double expected = summary.get("expectedNmse").asDouble();
        // float32 sums miss the double sum by some 1e-15 of |x|^2; the error of 180,000 coordinates spreads by .4 %: by chance 1e-12
        assertEquals(expected, summary.get("nmse").asDouble(), .03 * expected + 1e-14);
        assertTrue(summary.get("equalsReference").asBoolean());
        double bits = Method.parse(method).bitsPerCoordinate();
        assertEquals(bits, summary.get("wireBitsUp").asDouble(), .15);
        // of equal vectors it is the same formula, by finite blocks in place of asymptotic ones; of others no less
        double told = summary.get("expectedError").asDouble();
        assertTrue(told >= .99 * expected, summary.toString());
        assertTrue(!vectors.equals("same") || told <= 1.01 * expected, summary.toString());
    }

    @Test
    void shouldRepeatEveryDigitOverIpcAndUdp() {
        List<Double> ipc = errors(mean("--workers", "3", "--dimension", "10000", "--channel", "ipc", "--mtu", "1408"));
        List<Double> udp = errors(mean("--workers", "3", "--dimension", "10000", "--channel", "udp", "--mtu", "1408"));
        assertEquals(6, ipc.size());
        assertEquals(ipc, udp);
    }

    @Test
    void shouldNameTheCoordinateThatIsNotANumber(@TempDir Path directory) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * 300).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(4 * 17, Float.NaN);
        Path file = Files.write(directory.resolve("nan.f32"), bytes.array());
        CliRun run = CliRun.of("mean", "--threads-only", "--dimension", "300", "--workers", "2", "--input",
                "file:" + file);
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("worker") && run.err().contains("[17]"), run.err());
    }

    @Test
    void shouldSayThatAPortIsInUse() throws IOException {
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            CliRun run = CliRun.of("mean", "--threads-only", "--dimension", "300", "--workers", "2", "--channel", "udp",
                    "--port", Integer.toString(taken.getLocalPort()));
            assertEquals(1, run.exitCode());
            assertEquals(1, run.err().lines().count(), run.err());
            assertTrue(run.err().contains(Integer.toString(taken.getLocalPort())), run.err());
        }
    }

    private static List<Double> errors(List<JsonNode> lines) {
        return lines.stream().skip(1).map(line -> line.get("nmse").asDouble()).toList();
    }

    private static List<JsonNode> mean(String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("mean", "--threads-only", "--format", "json", "--deadline", "30"));
        arguments.addAll(List.of(options));
        CliRun run = CliRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        return run.json();
    }
}
