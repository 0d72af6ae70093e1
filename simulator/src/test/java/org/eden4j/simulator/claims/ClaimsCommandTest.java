package org.eden4j.simulator.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsCommandTest {
    private static final List<String> FIELDS = List.of("command", "claim", "source", "stated", "measured", "stdErr",
            "verdict", "note");
    private static final Set<String> VERDICTS = Set.of("reproduced", "not reproduced", "tie", "artefact",
            "not testable here");

    /** With two runs of each experiment, to take seconds: the numbers are rough, rows and page are whole. */
    @Tag("thorough")
    @Test
    void shouldJudgeEveryClaimAndWriteThePage(@TempDir Path directory) throws IOException {
        Path page = directory.resolve("claims.md");
        CliRun run = CliRun.of("claims", "--runs", "2", "--format", "json", "--page", page.toString(), "--out",
                directory.toString());
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> rows = run.json();
        assertTrue(rows.size() >= 25, rows.size() + " claims");
        for (JsonNode row : rows) {
            for (String field : FIELDS) {
                assertTrue(row.has(field), field + " in " + row);
            }
            assertTrue(VERDICTS.contains(row.get("verdict").asText()), row.toString());
            assertTrue(row.get("source").asText().matches("(article|reply), .+"), row.toString());
        }
        assertEquals(VERDICTS, rows.stream().map(row -> row.get("verdict").asText()).collect(Collectors.toSet()));
        Map<String, String> verdicts = rows.stream()
            .collect(Collectors.toMap(row -> row.get("claim").asText() + row.get("source").asText(),
                    row -> row.get("verdict").asText(), (first, second) -> first));
        assertEquals("artefact", verdicts.get("dense, matched norm: p99 errorreply, section 7 (H3, H4)"));
        assertEquals("artefact", verdicts.get("d = 128, 8 bits: EDEN is better byreply, section 12 (HL5)"));
        assertEquals("not reproduced", verdicts.get("d = 128, 4 bits: EDEN-biased has less error than TurboQuant-mse by"
                + "article, \"Why the optimal scale is worth it\""));
        String text = Files.readString(page);
        assertTrue(text.contains("the tail of the dense Haar rotation is gone"), text);
        assertTrue(text.contains("Seed 1, 2 runs of each experiment"), text);
        assertTrue(text.contains(rows.size() + " claims: "), text);
        assertFalse(text.contains("NaN"), text);
        assertEquals(rows.size(), Files.readAllLines(directory.resolve("results.jsonl")).size());
    }

    @Test
    void shouldNotDependOnTheNumberOfThreads() {
        String[] only = {"claims", "--runs", "4", "--format", "json", "--only", "One bit", "--threads"};
        CliRun alone = CliRun.of(with(only, "1"));
        CliRun together = CliRun.of(with(only, "3"));
        assertEquals(0, alone.exitCode(), alone.err());
        assertEquals(alone.out(), together.out());
    }

    @Test
    void shouldFollowTheSeed() {
        String[] only = {"claims", "--runs", "2", "--format", "json", "--only", "Seeds", "--seed"};
        JsonNode one = CliRun.of(with(only, "1")).json().getFirst();
        JsonNode two = CliRun.of(with(only, "2")).json().getFirst();
        assertFalse(one.get("measured").equals(two.get("measured")), one + " " + two);
    }

    @Test
    void shouldNotFailTheExactClaims() {
        CliRun run = CliRun.of("claims", "--runs", "2", "--only", "A worked example", "--format", "csv");
        assertEquals(0, run.exitCode(), run.err());
        List<String> lines = run.out().lines().toList();
        assertEquals("command,claim,source,stated,measured,stdErr,verdict,note,unit", lines.getFirst());
        assertEquals(5, lines.size());
        assertTrue(lines.get(2).contains(",not reproduced,"), "25/49 is not .511: " + lines.get(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--runs 1", "--threads -1", "--only nothing-of-this-name"})
    void shouldExitWithTwoOnWrongUsage(String line) {
        CliRun run = CliRun.of(with(new String[]{"claims"}, line.split(" ")));
        assertEquals(2, run.exitCode(), run.err());
        assertEquals("", run.out());
    }

    private static String[] with(String[] first, String... then) {
        String[] all = new String[first.length + then.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }
}
