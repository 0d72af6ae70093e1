package org.eden4j.simulator.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TrainCommandTest {
    private static final List<String> FIELDS = List.of("command", "method", "downlink", "mode", "workers", "parameters",
            "epoch", "loss", "accuracy", "bytesUp", "bytesDown", "bytesUncompressed", "wireBitsUp", "wireBitsDown",
            "seconds", "replicasEqual");
    private static final int MLP_PARAMETERS = 25_450;

    @Tag("thorough")
    @Test
    void shouldTrainReplicasInProcessesThatEndEqual() {
        assertTrainsEqualReplicas("sharing");
    }

    @Tag("long")
    @Test
    void shouldAverageReplicasInProcessesThatEndEqual() {
        assertTrainsEqualReplicas("averaging");
    }

    private static void assertTrainsEqualReplicas(String mode) {
        CliRun run = CliRun.of("train", "--quick", "--model", "mlp", "--workers", "2", "--epochs", "2", "--mode", mode,
                "--method", "eden:bits=4", "--downlink", "eden:bits=8", "--compare-every", "3", "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> lines = run.json();
        assertEquals(4, lines.size());
        JsonNode processes = lines.getFirst().get("processes");
        assertEquals(4, processes.size(), "aggregator, two workers, media driver");
        processes.forEach(process -> assertNotEquals(ProcessHandle.current().pid(), process.get("pid").asLong()));
        for (JsonNode epoch : lines.subList(1, 4)) {
            for (String field : FIELDS) {
                assertTrue(epoch.has(field), field + " in " + epoch);
            }
        }
        JsonNode summary = lines.getLast();
        assertTrue(summary.get("summary").asBoolean());
        assertTrue(summary.get("replicasEqual").asBoolean(), summary.toString());
        assertEquals(MLP_PARAMETERS, summary.get("parameters").asInt());
        assertEquals(0, summary.get("diverged").asLong());
        assertTrue(summary.get("accuracy").asDouble() > .6, summary.toString());
        assertTrue(lines.get(1).get("loss").asDouble() > summary.get("loss").asDouble(), "the loss falls");
        // 362 of the parameters are small parts, which travel raw: .40 and .34 bits per parameter more
        assertEquals(4.4, summary.get("wireBitsUp").asDouble(), .15);
        assertEquals(8.34, summary.get("wireBitsDown").asDouble(), .25);
        assertEquals(2L * summary.get("rounds").asLong() * MLP_PARAMETERS * Float.BYTES,
                summary.get("bytesUncompressed").asLong());
    }

    @Tag("thorough")
    @Test
    void shouldTrainInProcessAsInProcesses() {
        assertTrainsAlike("averaging", false);
    }

    @Tag("long")
    @Test
    void shouldShareGradientsInProcessAsInProcesses() {
        assertTrainsAlike("sharing", true);
    }

    /** Everything printed except times and what only a separate aggregator counts. */
    private static void assertTrainsAlike(String mode, boolean errorFeedback) {
        List<String> line = new ArrayList<>(List.of("train", "--quick", "--model", "mlp", "--workers", "2", "--epochs",
                "2", "--mode", mode, "--method", errorFeedback ? "topk:fraction=0.1" : "eden:bits=4", "--format",
                "json"));
        if (errorFeedback) {
            line.add("--error-feedback");
        }
        CliRun processes = CliRun.of(line.toArray(String[]::new));
        line.add("--in-process");
        CliRun threads = CliRun.of(line.toArray(String[]::new));
        assertEquals(0, processes.exitCode(), processes.err());
        assertEquals(0, threads.exitCode(), threads.err());
        List<JsonNode> expected = processes.json().subList(1, 4);
        assertEquals(expected.size(), threads.json().size(), threads.out());
        for (int row = 0; row < expected.size(); row++) {
            JsonNode seen = threads.json().get(row);
            assertEquals("in-process", seen.get("channel").asText());
            for (Map.Entry<String, JsonNode> field : expected.get(row).properties()) {
                if (seen.has(field.getKey()) && !List.of("channel", "seconds").contains(field.getKey())) {
                    assertEquals(field.getValue(), seen.get(field.getKey()), field.getKey() + " of row " + row);
                }
            }
            FIELDS.forEach(field -> assertTrue(seen.has(field), field));
        }
    }

    @Test
    void shouldEndInProcessWithOneLineWhereAWorkerFails(@TempDir Path empty) {
        CliRun run = CliRun.of("train", "--quick", "--model", "mlp", "--workers", "2", "--in-process", "--data",
                empty.toString());
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(empty.toString()), run.err());
    }

    @ParameterizedTest
    @CsvSource({"--kill,worker", "--shards,2", "--deadline,3", "--quorum,2", "--channel,udp"})
    void shouldRejectInProcessWhatNeedsProcesses(String option, String value) {
        CliRun run = CliRun.of("train", "--in-process", option, value);
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains(option + " needs processes: leave out --in-process"), run.err());
        CliRun series = CliRun.of("series", "--run", "none/none", option, value);
        assertEquals(2, series.exitCode());
        assertTrue(series.err().contains(option + " needs processes: series trains in threads"), series.err());
        assertEquals(2, CliRun.of("demo", "--in-process").exitCode());
    }

    @Test
    void shouldSayWhichFilesAreMissing(@TempDir Path empty) {
        CliRun run = CliRun.of("train", "--quick", "--model", "mlp", "--workers", "2", "--data", empty.toString());
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(empty.toString()), run.err());
    }
}
