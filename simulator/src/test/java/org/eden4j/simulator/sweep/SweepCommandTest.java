package org.eden4j.simulator.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.output.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** By chance: 1e-7, in nine comparisons at six standard errors and one at eight. */
class SweepCommandTest {
    private static final List<String> FIELDS = List.of("command", "method", "dimension", "blockSize", "workers",
            "input",
            "vectors", "loss", "trials", "vnmse", "vnmseStdErr", "nmse", "nmseStdErr", "squaredBias",
            "squaredBiasStdErr",
            "wireBits", "encodeNsPerCoordinate", "decodeNsPerCoordinate", "averageNmse", "expectedVnmse",
            "blockBits", "vnmseP50", "vnmseP90", "vnmseP99", "vnmseMax", "figure");

    @Test
    void shouldPrintEveryCombinationWithTheFieldsOfTheContract() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=2", "--method", "drive", "--dimension", "128,1000",
                "--workers", "1,3", "--trials", "40", "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> rows = run.json();
        assertEquals(8, rows.size());
        for (JsonNode row : rows) {
            for (String field : FIELDS) {
                assertTrue(row.has(field), field + " in " + row);
            }
            assertTrue(row.get("squaredBias").isNull(), "only fixed inputs have a bias: " + row);
        }
        assertEquals("eden:bits=2", rows.getFirst().get("method").asText());
    }

    @Tag("thorough")
    @Test
    void shouldComeToTheVectorItselfOnAverageWithErrorFeedback() {
        String[] arguments = {"sweep", "--method", "topk:fraction=0.05", "--dimension", "1024", "--fixed-input",
                "--trials",
                "3200", "--format", "json", "--error-feedback"};
        JsonNode kept = CliRun.of(arguments).json().getFirst();
        JsonNode dropped = CliRun.of(Arrays.copyOf(arguments, arguments.length - 1)).json().getFirst();
        assertTrue(kept.get("squaredBias").isNull() && dropped.get("averageNmse").isNull());
        assertTrue(dropped.get("squaredBias").asDouble() > .3, dropped.toString());
        // after 100 trials the residual amounts to about 20 vectors of coordinates, divided by 100
        assertTrue(kept.get("averageNmse").asDouble() < .02, kept.toString());
    }

    @Test
    void shouldAgreeWithTheClosedFormOfOneAndOfManyWorkers() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=2", "--dimension", "4096", "--workers", "1,8",
                "--vectors",
                "same", "--trials", "400", "--format", "json", "--seed", "11");
        double vnmse = Method.parse("eden:bits=2").vnmse().orElseThrow();
        JsonNode one = run.json().get(0);
        JsonNode many = run.json().get(1);
        // a block of 4096 is within .3 % of the asymptotic value
        assertEquals(vnmse, one.get("vnmse").asDouble(), 6 * one.get("vnmseStdErr").asDouble() + .003 * vnmse);
        assertEquals(one.get("vnmse").asDouble(), one.get("nmse").asDouble());
        assertEquals(vnmse / 8, many.get("nmse").asDouble(), 6 * many.get("nmseStdErr").asDouble() + .003 * vnmse / 8);
        assertEquals(2 + 32.0 / 4096, one.get("wireBits").asDouble(), 1e-9);
    }

    /** The error of one mean is a sum over 128 coordinates: its deviation is 12.5 %, the bounds six of them. */
    @Tag("thorough")
    @Test
    void shouldAverageMoreWorkersThanAJobHolds() {
        int workers = 70_000;
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=1", "--method", "sq:bits=1,rotate=true", "--dimension",
                "128", "--workers", Integer.toString(workers), "--vectors", "same", "--trials", "1", "--format", "json",
                "--seed", "11");
        assertEquals(0, run.exitCode(), run.err());
        for (JsonNode row : run.json()) {
            assertEquals(1, workers * row.get("nmse").asDouble() / row.get("vnmse").asDouble(), .75, row.toString());
        }
    }

    /** A vector of several blocks, the last ones smaller. */
    @Test
    void shouldPrintTheExpectedErrorBesideTheMeasuredOne() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=1", "--method", "eden:bits=4", "--method", "terngrad",
                "--dimension", "896", "--block-size", "512", "--input", "normal", "--trials", "4000", "--format",
                "json", "--seed", "11");
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> rows = run.json();
        for (JsonNode row : rows.subList(0, 2)) {
            Method method = Method.parse(row.get("method").asText());
            double expected = row.get("expectedVnmse").asDouble();
            double blocks = 512 * method.expectedError(512).orElseThrow()
                    + 256 * method.expectedError(256).orElseThrow() + 128 * method.expectedError(128).orElseThrow();
            assertEquals(blocks / 896, expected, 1e-12);
            // the second order in the inverse length, at 128 coordinates
            assertEquals(expected, row.get("vnmse").asDouble(),
                    6 * row.get("vnmseStdErr").asDouble() + .004 * expected, row.toString());
        }
        assertTrue(rows.getLast().get("expectedVnmse").isNull(), rows.getLast().toString());
        CliRun text = CliRun.of("sweep", "--trials", "3");
        assertTrue(text.out().contains("expectedVnmse"), text.out());
        CliRun feedback = CliRun.of("sweep", "--trials", "3", "--error-feedback", "--format", "json");
        assertTrue(feedback.json().getFirst().get("expectedVnmse").isNull(), feedback.out());
    }

    /** A block that nobody delivers, here 1 of 15,625, costs its energy: n^-1 of mean |x|^2 for independent vectors. */
    @Test
    void shouldLoseBlocksAsTheClosedFormSays() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=4", "--dimension", "16384", "--block-size", "512",
                "--workers", "6", "--input", "normal", "--vectors", "independent", "--trials", "200", "--loss", "0.2",
                "--format", "json", "--seed", "11");
        JsonNode row = run.json().getFirst();
        double v = Method.parse("eden:bits=4").vnmse().orElseThrow();
        double inverse = 0;
        double[] ways = {1, 6, 15, 20, 15, 6, 1};
        for (int k = 1; k <= 6; k++) {
            inverse += ways[k] * Math.pow(.8, k) * Math.pow(.2, 6 - k) / k;
        }
        double nobody = Math.pow(.2, 6);
        double expected = (1 + v) * inverse - (1 - nobody) / 6 + nobody / 6;
        assertEquals(expected, row.get("nmse").asDouble(), 6 * row.get("nmseStdErr").asDouble() + .01 * v,
                row.toString());
        assertEquals(.2, row.get("loss").asDouble());
    }

    @Test
    void shouldSeeTheBiasOfOneRoundAndItsAbsenceByDefault() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=1,rounds=1", "--method", "eden:bits=1", "--dimension",
                "1024",
                "--input", "sparse:2,1", "--trials", "20000", "--format", "json");
        JsonNode oneRound = run.json().get(0);
        JsonNode usual = run.json().get(1);
        assertEquals(.25, oneRound.get("squaredBias").asDouble(), 1e-4);
        double error = usual.get("squaredBiasStdErr").asDouble();
        assertTrue(error > 0 && error <= 2e-6, usual.toString());
        assertTrue(usual.get("squaredBias").asDouble() <= 1e-5 + 3 * error, usual.toString());
    }

    @Test
    void shouldNotDependOnTheNumberOfThreads() throws InterruptedException {
        Draws draws = new Draws(Input.parse("lognormal"), Vectors.parse("independent"), false, 5);
        Cell cell = new Cell(null, SweepMethods.parse("eden:bits=3"), 700, 512, 3, draws, .1, 100, false);
        Row alone = run(cell, 1);
        Row together = run(cell, 4);
        for (String field : FIELDS) {
            if (!field.endsWith("NsPerCoordinate")) {
                assertEquals(alone.get(field), together.get(field), field);
            }
        }
    }

    /** Fifty trials in 32 groups: every call is a first one. */
    @Test
    void shouldGiveNoTimeOfColdCode() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=4", "--dimension", "1024", "--trials", "50", "--format",
                "json");
        JsonNode row = run.json().getFirst();
        assertTrue(row.get("encodeNsPerCoordinate").isNull() && row.get("decodeNsPerCoordinate").isNull(),
                row.toString());
        assertTrue(CliRun.of("sweep", "--trials", "50").out().contains("./eden bench"), "where to find times");
    }

    @Test
    void shouldKeepTimesOfCodeThatWasStillBeingCompiledToItself() {
        WarmTime steady = new WarmTime();
        WarmTime cold = new WarmTime();
        for (int i = 0; i < 20; i++) {
            steady.add(1 << 14, 1 << 14);
            cold.add(1000L << 14, 1 << 14);
        }
        assertEquals(1, WarmTime.median(List.of(steady, steady, steady)));
        assertEquals(1, WarmTime.median(List.of(steady, steady, steady, steady, cold)));
        assertTrue(Double.isNaN(WarmTime.median(List.of(steady, steady, steady, cold, cold))));
        assertTrue(Double.isNaN(WarmTime.median(List.of(new WarmTime()))));
    }

    @Test
    void shouldPrintTheSameNumbersAtAnyThreadCount() {
        String[] sweep = {"sweep", "--method", "eden:bits=1", "--dimension", "300", "--workers", "1,5", "--trials",
                "70", "--format", "json", "--threads"};
        List<String> alone = withoutTimes(CliRun.of(with(sweep, "1")).out());
        assertEquals(2, alone.size());
        assertEquals(alone, withoutTimes(CliRun.of(with(sweep, "3")).out()));
    }

    @Test
    void shouldGoOnWhereItWasInterrupted(@TempDir Path directory) throws IOException {
        String[] sweep = {"sweep", "--method", "eden:bits=4", "--method", "drive", "--dimension", "128,256", "--trials",
                "40", "--format", "json", "--out", directory.toString()};
        CliRun whole = CliRun.of(sweep);
        assertEquals(0, whole.exitCode(), whole.err());
        Path file = directory.resolve("results.jsonl");
        String text = Files.readString(file);
        String csv = Files.readString(directory.resolve("results.csv"));
        List<String> lines = text.lines().toList();
        assertEquals(4, lines.size());
        // the second row is whole, the third was being written
        Files.writeString(file, lines.get(0) + "\n" + lines.get(1) + "\n" + lines.get(2).substring(0, 40));
        CliRun resumed = CliRun.of(with(sweep, "--resume"));
        assertEquals(0, resumed.exitCode(), resumed.err());
        assertEquals(withoutTimes(text), withoutTimes(Files.readString(file)));
        assertEquals(withoutTimes(text), withoutTimes(resumed.out()));
        assertEquals(lines.subList(0, 2), Files.readAllLines(file).subList(0, 2), "kept as they were, times as well");
        assertEquals(csv.lines().limit(3).toList(),
                Files.readAllLines(directory.resolve("results.csv")).subList(0, 3));
        String again = Files.readString(file);
        assertEquals(0, CliRun.of(with(sweep, "--resume")).exitCode());
        assertEquals(again, Files.readString(file), "nothing was left to do");
    }

    @Test
    void shouldRefuseToGoOnAfterAnotherCommand(@TempDir Path directory) {
        String out = directory.toString();
        assertEquals(0, CliRun.of("sweep", "--trials", "3", "--out", out).exitCode());
        CliRun other = CliRun.of("sweep", "--trials", "3", "--seed", "2", "--out", out, "--resume");
        assertEquals(2, other.exitCode(), other.out());
        assertTrue(other.err().contains("repeat the same command"), other.err());
        assertEquals(2, CliRun.of("sweep", "--resume").exitCode(), "without --out");
    }

    private static String[] with(String[] first, String last) {
        String[] all = Arrays.copyOf(first, first.length + 1);
        all[first.length] = last;
        return all;
    }

    private static List<String> withoutTimes(String lines) {
        return lines.lines().map(line -> line.replaceAll("\"(en|de)codeNsPerCoordinate\":[^,}]*", "")).toList();
    }

    @Test
    void shouldAverageWhatArrivedWhereBlocksAreLost() throws InterruptedException {
        // one block, four equal vectors, half of the blocks lost: E[1/k; k > 0] v, and the whole vector where none arrives
        Draws draws = new Draws(Input.parse("normal"), Vectors.parse("same"), false, 5);
        Row row = run(new Cell(null, SweepMethods.parse("eden:bits=1"), 1024, 1024, 4, draws, .5, 4000, false), 2);
        double vnmse = (double) row.get("vnmse");
        double expected = (4 * vnmse + 6 * vnmse / 2 + 4 * vnmse / 3 + vnmse / 4 + 1) / 16;
        assertEquals(expected, (double) row.get("nmse"), 6 * (double) row.get("nmseStdErr"));
    }

    @Test
    void shouldTakeAZeroVectorAsWithoutError(@TempDir Path directory) throws IOException {
        Path zeros = Files.write(directory.resolve("zeros.f32"), new byte[4 * 256]);
        JsonNode row = CliRun.of("sweep", "--input", "file:" + zeros, "--dimension", "256", "--trials", "3", "--format",
                "json")
            .json()
            .getFirst();
        assertEquals(0, row.get("vnmse").asDouble());
    }

    @Test
    void shouldWriteResultsAndManifest(@TempDir Path directory) throws IOException {
        CliRun run = CliRun.of("sweep", "--trials", "5", "--seed", "42", "--format", "csv", "--out",
                directory + "/deep");
        assertEquals(0, run.exitCode(), run.err());
        List<String> csv = run.out().lines().toList();
        assertEquals(String.join(",", FIELDS), csv.get(0));
        assertEquals(2, csv.size());
        List<String> lines = Files.readAllLines(directory.resolve("deep/results.jsonl"));
        assertEquals(1, lines.size());
        assertEquals("eden:bits=4", Json.parse(lines.getFirst()).get("method").asText());
        JsonNode manifest = Json.parse(Files.readString(directory.resolve("deep/manifest.json")));
        assertEquals("sweep", manifest.get("command").asText());
        assertEquals(42, manifest.get("seed").asLong());
        assertEquals("--trials", manifest.get("arguments").get(1).asText());
        for (String field : List.of("version", "jdk", "cpu", "date")) {
            assertFalse(manifest.get(field).asText().isBlank(), field);
        }
    }

    @Test
    void shouldAverageWorkersOfDifferentBudgets() {
        CliRun run = CliRun.of("sweep", "--method", "eden:bits=1 + eden:bits=4", "--dimension", "1024", "--workers",
                "4,5",
                "--input", "normal", "--vectors", "same", "--trials", "2000", "--format", "json");
        assertEquals(0, run.exitCode(), run.err());
        double low = Method.parse("eden:bits=1").expectedError(1024).orElseThrow();
        double high = Method.parse("eden:bits=4").expectedError(1024).orElseThrow();
        JsonNode four = run.json().get(0);
        JsonNode five = run.json().get(1);
        assertEquals(2.5 + 32.0 / 1024, four.get("wireBits").asDouble(), 1e-9);
        assertEquals((3 * 1 + 2 * 4) / 5.0 + 32.0 / 1024, five.get("wireBits").asDouble(), 1e-9);
        assertEquals((low + high) / 2, four.get("expectedVnmse").asDouble(), 1e-12);
        assertEquals((3 * low + 2 * high) / 5, five.get("expectedVnmse").asDouble(), 1e-12);
        assertEquals((low + high) / 8, four.get("nmse").asDouble(), 6 * four.get("nmseStdErr").asDouble() + .002 * low);
        CliRun uneven = CliRun.of("sweep", "--method", "eden:bits=1 + none", "--dimension", "1000", "--block-size",
                "512",
                "--workers", "2");
        assertEquals(2, uneven.exitCode());
        assertTrue(uneven.err().contains("must have the same blocks"), uneven.err());
    }

    @Test
    void shouldPrintQuantilesOfTheErrorsOfTrials() {
        double[] sorted = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        assertEquals(5, CellRun.quantile(sorted, .5));
        assertEquals(9, CellRun.quantile(sorted, .9));
        assertEquals(10, CellRun.quantile(sorted, .99));
        JsonNode row = CliRun.of("sweep", "--trials", "300", "--format", "json").json().getFirst();
        double last = 0;
        for (String field : List.of("vnmseP50", "vnmseP90", "vnmseP99", "vnmseMax")) {
            assertTrue(row.get(field).asDouble() > last, row.toString());
            last = row.get(field).asDouble();
        }
        assertTrue(row.get("vnmseP50").asDouble() < row.get("vnmse").asDouble() * 1.1, row.toString());
    }

    /** Two workers' vectors do not fit a source's memory: they are drawn again, with the same result. */
    @Test
    void shouldDrawAgainWhatItDoesNotKeep() {
        int large = 1 << 23;
        Draws draws = new Draws(Input.parse("normal"), Vectors.parse("independent"), true, 5);
        try (Arena arena = Arena.ofConfined()) {
            VectorSource source = new VectorSource(draws, large, 3, arena);
            float[] expected = new float[large];
            for (int worker : new int[]{0, 1, 2, 0, 0}) {
                draws.fill(0, worker, expected);
                MemorySegment vector = source.vector(worker, worker);
                assertEquals(-1, vector.mismatch(MemorySegment.ofArray(expected)), "worker " + worker);
            }
        }
    }

    /**
     * Each figure of a preset has several cells, all of which can run, and no option given with a preset is silently
     * ignored.
     */
    @Test
    void shouldOfferThePapersFigures() {
        for (Preset preset : Preset.values()) {
            Map<String, Long> counts = preset.cells(1)
                .stream()
                .collect(Collectors.groupingBy(Cell::figure, Collectors.counting()));
            assertEquals(Set.of("bits", "dimension", "workers", "correlation", "loss", "budgets", "tails"),
                    counts.keySet());
            assertTrue(counts.values().stream().allMatch(count -> count >= 9), counts.toString());
            preset.cells(1)
                .forEach(cell -> assertTrue(cell.layout().blockCount() > 0 && cell.trials() >= 20, cell.toString()));
        }
        // A dense rotation of 4096 coordinates takes about a second of a core: never more than the fewest trials.
        List<Cell> dense = Preset.PAPER.cells(1)
            .stream()
            .filter(cell -> cell.given().text().contains("haar"))
            .toList();
        assertFalse(dense.isEmpty());
        dense.forEach(cell -> assertEquals(20, cell.trials(), cell.toString()));
        CliRun run = CliRun.of("sweep", "--preset", "quick", "--trials", "3");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--trials cannot be chosen with --preset quick"), run.err());
        assertTrue(CliRun.of("sweep", "--preset", "big").err().contains("preset must be paper or quick, got big"));
    }

    private static Row run(Cell cell, int threads) throws InterruptedException {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            return CellRun.run(cell, executor, new Progress.Hidden());
        }
    }
}
