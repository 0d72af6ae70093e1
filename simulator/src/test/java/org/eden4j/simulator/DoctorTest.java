package org.eden4j.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void shouldLookAtEverythingAndExitAccordingly() {
        CliRun run = CliRun.of("doctor", "--format", "json");
        List<JsonNode> rows = run.json();
        Map<String, JsonNode> checks = rows.stream()
            .collect(Collectors.toMap(row -> row.get("check").asText(), row -> row));
        for (String check : List.of("jdk", "simd", "sharedMemory", "receiveBuffer", "sendBuffer", "udp", "links",
                "data", "nd4j")) {
            assertTrue(checks.containsKey(check), check);
            assertEquals("doctor", checks.get(check).get("command").asText());
            assertFalse(checks.get(check).get("detail").asText().isBlank(), check);
        }
        assertTrue(checks.get("jdk").get("ok").asBoolean());
        assertTrue(
                checks.get("receiveBuffer")
                    .get("detail")
                    .asText()
                    .matches(".* is [1-9][0-9]* KiB.*|.* does not exist .*"),
                checks.get("receiveBuffer").toString());
        assertTrue(checks.get("simd").get("ok").asBoolean(), "the tests run with SIMD: " + checks.get("simd"));
        assertTrue(checks.get("nd4j").get("ok").asBoolean());
        assertTrue(checks.get("data").get("ok").asBoolean());
        assertEquals(rows.stream().allMatch(row -> row.get("ok").asBoolean()) ? 0 : 1, run.exitCode());
    }

    private static String sharedMemory(String... options) {
        List<String> line = new ArrayList<>(List.of("doctor", "--format", "json"));
        line.addAll(List.of(options));
        return CliRun.of(line.toArray(String[]::new))
            .json()
            .stream()
            .filter(row -> row.get("check").asText().equals("sharedMemory"))
            .findFirst()
            .orElseThrow()
            .get("detail")
            .asText();
    }

    /** 14 MiB a driver, and logs of 3 terms of 2 MiB / S, of at least 256 KiB; of 512 KiB over IPC. */
    @Test
    void shouldSayWhatTheHostsOfAJobNeed() {
        assertTrue(sharedMemory().contains("a job of 4 workers and 1 aggregator needs 62 MB over IPC, and over UDP"
                + " 86 MB for an aggregator and 32 MB for a worker"), sharedMemory());
        assertTrue(sharedMemory("--workers", "8", "--shards", "4").contains("a job of 8 workers and 4 aggregators needs"
                + " 110 MB over IPC, and over UDP 50 MB for an aggregator and 32 MB for a worker"));
        assertTrue(sharedMemory("--workers", "16", "--peers").contains(
                "a job of 16 workers each with a shard needs 86 MB on each host"));
        CliRun run = CliRun.of("doctor", "--shards", "256");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("a job has at least 1 worker and 1 to 255 shards, got 4 and 256"), run.err());
    }
}
