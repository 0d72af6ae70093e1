package org.eden4j.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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
        for (String check : List.of("jdk", "simd", "sharedMemory", "receiveBuffer", "sendBuffer", "udp", "data",
                "nd4j")) {
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
}
