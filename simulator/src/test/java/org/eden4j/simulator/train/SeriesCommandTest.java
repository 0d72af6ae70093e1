package org.eden4j.simulator.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SeriesCommandTest {
    private static final List<String> RUNS = List.of("none/none", "eden:bits=4/eden:bits=4",
            "topk:fraction=0.1/none+feedback");

    private static List<String> line(Path directory, String... more) {
        List<String> line = new ArrayList<>(List.of("series", "--quick", "--model", "mlp", "--workers", "2", "--epochs",
                "1", "--seeds", "2", "--format", "json", "--out", directory.toString()));
        RUNS.forEach(run -> line.addAll(List.of("--run", run)));
        line.addAll(List.of(more));
        return line;
    }

    private static List<JsonNode> run(List<String> line) {
        CliRun run = CliRun.of(line.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        return run.json();
    }

    @Tag("thorough")
    @Test
    void shouldCompareRunsSeedBySeedAndGoOnWhereItWasInterrupted(@TempDir Path directory) throws Exception {
        List<JsonNode> lines = run(line(directory));
        assertEquals(2 * RUNS.size() + RUNS.size(), lines.size());
        List<JsonNode> summary = lines.subList(2 * RUNS.size(), lines.size());
        for (int i = 0; i < RUNS.size(); i++) {
            String name = RUNS.get(i);
            List<JsonNode> own = lines.subList(0, 2 * RUNS.size())
                .stream()
                .filter(row -> row.get("run").asText().equals(name))
                .toList();
            assertEquals(List.of(1, 2), own.stream().map(row -> row.get("seed").asInt()).toList());
            JsonNode row = summary.get(i);
            assertEquals(name, row.get("run").asText());
            double[] accuracy = own.stream().mapToDouble(one -> one.get("accuracy").asDouble()).toArray();
            assertEquals((accuracy[0] + accuracy[1]) / 2, row.get("accuracy").asDouble(), 1e-12);
            double[] lost = Stream.of(0, 1)
                .mapToDouble(seed -> lines.get(seed * RUNS.size()).get("accuracy").asDouble() - accuracy[seed])
                .toArray();
            assertEquals((lost[0] + lost[1]) / 2, row.get("accuracyLost").asDouble(), 1e-12);
            assertEquals(Math.abs(lost[0] - lost[1]) / 2, row.get("accuracyLostStdErr").asDouble(), 1e-12);
            assertTrue(row.get("replicasEqual").asBoolean());
        }
        assertEquals(0, summary.getFirst().get("accuracyLost").asDouble());
        assertTrue(summary.get(1).get("ratioTotal").asDouble() > 6, summary.get(1).toString());

        Path results = directory.resolve("results.jsonl");
        List<String> kept = Files.readAllLines(results).subList(0, 4);
        Files.writeString(results, String.join("\n", kept) + "\n{\"command\":\"ser");
        List<JsonNode> resumed = run(line(directory, "--resume"));
        assertEquals(withoutSeconds(lines), withoutSeconds(resumed));
        assertEquals(lines.size(), Files.readAllLines(results).size());
    }

    private static List<String> withoutSeconds(List<JsonNode> rows) {
        return rows.stream().map(row -> row.toString().replaceFirst("\"seconds\":[^,]*,", "")).toList();
    }

    /** The result of DL4J's own wrapper is compared with the others. */
    @Tag("thorough")
    @Test
    void shouldTrainByTheEncodingOfDeeplearning4j() {
        List<JsonNode> lines = run(List.of("series", "--quick", "--model", "mlp", "--workers", "3", "--epochs", "2",
                "--seeds", "1", "--mode", "sharing", "--format", "json", "--run", "none/none", "--run",
                "threshold-encoding"));
        assertEquals(4, lines.size());
        JsonNode none = lines.get(0);
        JsonNode own = lines.get(1);
        assertEquals(none.get("rounds").asInt(), own.get("rounds").asInt());
        assertEquals(2 * own.get("bytesUp").asLong(), own.get("bytesDown").asLong(), "of the two other workers");
        assertTrue(own.get("bytesUp").asLong() > 0 && own.get("bytesUp").asLong() < none.get("bytesUp").asLong() / 4,
                own.toString());
        assertTrue(own.get("accuracy").asDouble() > .5, own.toString());
        assertEquals("threshold-encoding", lines.get(3).get("run").asText());
    }

    @Test
    void shouldPrintATableForPeople() {
        CliRun run = CliRun.of("series", "--quick", "--model", "mlp", "--workers", "2", "--epochs", "1", "--seeds",
                "1", "--run", "none/none", "--run", "drive/drive");
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().contains("ratio total"), run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"series", "series --run eden:bits=4", "series --run none/none --seeds 0",
            "series --run none/none --run none/none", "series --run none/none --resume", "series --run none/eden",
            "series --run none/none+feedbac",
            "series --run threshold-encoding --workers 1"})
    void shouldExitWithTwoOnWrongUsage(String line) {
        CliRun run = CliRun.of(line.split(" "));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().lines().count() <= 3, run.err());
    }
}
