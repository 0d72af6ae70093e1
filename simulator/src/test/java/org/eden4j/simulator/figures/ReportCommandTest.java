package org.eden4j.simulator.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.eden4j.simulator.CliRun;
import org.eden4j.simulator.output.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
    @TempDir
    private Path directory;

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void shouldMakeAPageOfASweep() throws IOException {
        String out = directory.resolve("sweep").toString();
        assertEquals(0, CliRun.of("sweep", "--method", "eden:bits=2", "--method", "drive", "--dimension", "128,1024",
                "--workers", "1,4", "--trials", "5", "--out", out)
            .exitCode());
        Path page = directory.resolve("pages/mine.html");
        CliRun run = CliRun.of("report", "--in", out, "--out", page.toString(), "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals(3, run.json().getFirst().get("charts").asInt(), run.out());
        assertEquals(List.of("error-against-bits.png", "error-against-bits.svg", "error-against-dimension.png",
                "error-against-dimension.svg", "error-against-workers.png", "error-against-workers.svg"),
                names(directory.resolve("pages/charts")));
        String html = Files.readString(page);
        assertTrue(html.contains("drive, n=4") && html.contains("Shannon, unbiased"), html);
        assertTrue(html.contains("./eden sweep --method eden:bits=2"), "how to run it again");
        assertTrue(html.contains("input lognormal"), "what all rows have in common");
        assertFalse(html.contains(">NaN") || html.contains("NaN<") || html.contains(" NaN"), html);
    }

    @Test
    void shouldPutSeveralCommandsOnOnePage() throws IOException {
        assertEquals(0, CliRun.of("sweep", "--trials", "3", "--out", directory.resolve("a").toString()).exitCode());
        assertEquals(0, CliRun.of("mean", "--threads-only", "--workers", "2", "--dimension", "300", "--rounds", "3",
                "--out", directory.resolve("b").toString())
            .exitCode());
        CliRun run = CliRun.of("report", "--in", directory.toString());
        assertEquals(0, run.exitCode(), run.err());
        String html = Files.readString(directory.resolve("report.html"));
        assertTrue(html.contains("<h2>sweep: a</h2>") && html.contains("<h2>mean: b</h2>"), html);
        assertTrue(html.contains("Error of the mean by round"), html);
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException {
        CliRun none = CliRun.of("report", "--in", directory.toString());
        assertEquals(2, none.exitCode());
        assertTrue(none.err().contains("--in takes the --out of a command"), none.err());
        Files.writeString(directory.resolve("results.jsonl"), "no json\n");
        CliRun broken = CliRun.of("report", "--in", directory.toString());
        assertEquals(2, broken.exitCode());
        assertTrue(broken.err().contains("not a JSON object: no json"), broken.err());
        assertEquals(2, CliRun.of("report").exitCode());
    }

    @Test
    void shouldJoinTheMethodsThatDifferByTheirBitsOnly() {
        for (String[] pair : new String[][]{{"eden:bits=2", "eden"},
                {"eden:bits=0.5,coding=entropy", "eden:coding=entropy"},
                {"sq:bits=2,rotate=true", "sq:rotate=true"}, {"drive", "drive"}, {"topk:fraction=0.01", "topk"},
                {"turboquant-prod:bits=4,qjl=gaussian", "turboquant-prod:qjl=gaussian"},
                {"eden:bits=1 + eden:bits=4", "eden"},
                {"sq:bits=1,rotate=true + sq:bits=4,rotate=true", "sq:rotate=true"}}) {
            assertEquals(pair[1], SweepFigures.family(new Row().put("method", pair[0])), pair[0]);
        }
    }
}
