package org.eden4j.simulator.claims;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Results;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden claims}: measures the numbers of two published texts about EDEN and TurboQuant, and judges them. */
@Command(name = "claims", description = "Measures and judges every number that two published texts state about EDEN and TurboQuant.", footer = {
        "",
        "Verdicts: reproduced, not reproduced, tie, artefact (agrees only under a condition of the text that "
                + "should not matter), not testable here. The page written by --page explains the rule. Numbers do not "
                + "depend on --threads.",
        "",
        "Example:",
        "  ./eden claims --page docs/claims.md"})
public final class ClaimsCommand implements Callable<Integer> {
    private static final int RUNS = 64;
    private static final int QUICK_RUNS = 16;
    private static final int FEWEST_RUNS = 2;
    private static final List<String> COLUMNS = List.of("command", "claim", "source", "stated", "measured", "stdErr",
            "verdict", "note", "unit");
    private static final List<String> TEXT_COLUMNS = List.of("verdict", "stated", "measured", "stdErr", "claim");

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Option(names = "--quick", description = "Fewer runs per experiment: within a minute on two cores.")
    private boolean quick;

    @Option(names = "--runs", paramLabel = "R", description = "Number of runs per experiment (default "
            + RUNS + ", with --quick " + QUICK_RUNS + ").")
    private Integer givenRuns;

    @Option(names = "--only", paramLabel = "TEXT", defaultValue = "", description = "Only the chapters of the report whose title contains this text.")
    private String only;

    @Option(names = "--page", paramLabel = "FILE", description = "Write the report to this file, in Markdown.")
    private Path page;

    @Option(names = "--threads", paramLabel = "T", defaultValue = "0", description = "Number of threads; 0 for one per processor (default ${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public Integer call() throws InterruptedException {
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        int runs = runs();
        List<Chapter> chapters = chapters();
        ClaimsPage report = new ClaimsPage(common.manifest(), runs);
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress("claims", chapters.size());
                ExecutorService executor = Executors.newFixedThreadPool(count)) {
            try {
                results.widen("verdict", List.of(Verdict.NOT_TESTABLE.toString()));
                results.widen("stated", List.of("1.05e-02, 8.59e-03, 2.94e-01"));
                results.text("seed " + common.seed() + ", " + runs + " runs of each experiment, " + count
                        + " threads\n");
                Laboratory laboratory = new Laboratory(common.seed(), runs, executor);
                for (Chapter chapter : chapters) {
                    progress.message(chapter.title());
                    Chapter.Findings findings = chapter.measure(laboratory);
                    findings.claims().forEach(claim -> results.add(claim.row()));
                    report.add(chapter, findings);
                    progress.step(1);
                }
                results.text(report.summary() + "\n");
            } finally {
                executor.shutdownNow();
            }
        }
        if (page != null) {
            write(report.markdown());
        }
        return 0;
    }

    private int runs() {
        int runs = givenRuns != null ? givenRuns : quick ? QUICK_RUNS : RUNS;
        if (runs < FEWEST_RUNS) {
            throw wrong("--runs must be at least " + FEWEST_RUNS + " for there to be a standard error, got " + runs);
        }
        if (threads < 0) {
            throw wrong("--threads must be at least 0, got " + threads);
        }
        return runs;
    }

    /** Returns the chapters in the order of the texts. */
    private List<Chapter> chapters() {
        List<Chapter> all = List.of(new OptimalScale(), new UnbiasedLimits(), new SplitBudget(), new WorkedExample(),
                new DenseTail(), new DimensionSweep(), new RotationSeeds(), new ManyBits(), new RealVectors(),
                new OneBitScales());
        List<Chapter> chosen = all.stream().filter(chapter -> chapter.title().contains(only)).toList();
        if (chosen.isEmpty()) {
            throw wrong("--only " + only + " is in none of the titles "
                    + all.stream().map(Chapter::title).collect(Collectors.joining(", ")));
        }
        return chosen;
    }

    private ParameterException wrong(String fact) {
        return new ParameterException(spec.commandLine(), fact);
    }

    private void write(String markdown) {
        try {
            Files.writeString(page, markdown);
        } catch (IOException e) {
            throw new UncheckedIOException("--page " + page + " cannot be written: " + e, e);
        }
    }
}
