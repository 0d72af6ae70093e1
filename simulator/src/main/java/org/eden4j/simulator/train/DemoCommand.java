package org.eden4j.simulator.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.output.TextTable;
import org.eden4j.simulator.process.JobOptions;
import org.eden4j.transport.job.DefaultMethods;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** {@code eden demo}: the same training uncompressed, with the default methods and with the fewest bits that hold, compared. */
@Command(name = "demo", description = "Trains on real images in several processes over Aeron: uncompressed, at 4 bits and at 0.4 bits.", footer = {
        "",
        "Prints accuracy against bytes and writes report.html, results.jsonl and manifest.json to --out, by "
                + "default results/demo.",
        "",
        "Example:",
        "  ./eden demo --quick"})
public final class DemoCommand implements Callable<Integer> {
    /** Below it the accuracy falls, see docs/training.md. */
    private static final String FEWEST_BITS = "eden:bits=0.4,coding=entropy";
    /** Method and downlink of each run; the first is what the others are compared with. */
    private static final List<List<String>> RUNS = List.of(List.of("none", "none"),
            List.of(DefaultMethods.UPDATES, DefaultMethods.MEANS), List.of(FEWEST_BITS, FEWEST_BITS));
    private static final List<String> COMPARISON = List.of("bytesTotal", "ratioUp", "ratioTotal", "accuracyLost");
    private static final Path DIRECTORY = Path.of("results", "demo");

    @Mixin
    private CommonOptions common;

    @Mixin
    private JobOptions job;

    @Mixin
    private TrainOptions train;

    @Override
    public Integer call() throws InterruptedException {
        if (train.inProcess) {
            throw new ParameterException(train.spec.commandLine(), "demo trains in processes: take train --in-process");
        }
        List<String> columns = new ArrayList<>(TrainCommand.COLUMNS);
        columns.addAll(COMPARISON);
        Path directory = common.out() == null ? DIRECTORY : common.out();
        List<DemoRun> runs = new ArrayList<>();
        try (Results results = common.results(columns, columns, directory)) {
            for (List<String> methods : RUNS) {
                DemoRun run = run(results, GivenMethod.parse(methods.get(0)), GivenMethod.parse(methods.get(1)));
                runs.add(run.comparedTo(runs.isEmpty() ? run : runs.getFirst()));
                results.detail(run.summary());
            }
            Path report = directory.resolve("report.html");
            new DemoReport(runs, common.manifest()).page().write(report);
            results.text("\n" + table(runs) + "\n" + report.toAbsolutePath() + "\n");
        }
        return 0;
    }

    private DemoRun run(Results results, GivenMethod method, GivenMethod downlink) throws InterruptedException {
        TrainSettings settings = train.settings(job.settings(method, downlink, common.seed(), TrainOptions.DEADLINE));
        try (TrainRun run = new TrainRun("demo", settings)) {
            results.note(run.processes(), run.processesSentence());
            try (Progress progress = common.progress(method.text(), run.connect())) {
                Row summary = run.train(row -> results.note(row, sentence(row, settings)), () -> progress.step(1));
                return new DemoRun(run.epochs(), summary);
            }
        }
    }

    private static String sentence(Row row, TrainSettings settings) {
        return String.format(Locale.ROOT, "%s: epoch %d of %d, accuracy %.2f %%, %.1f MB up, %.1f MB down, %.0f s",
                row.get("method"), (int) row.get("epoch"), settings.plan().epochs(), 100 * (double) row.get("accuracy"),
                (long) row.get("bytesUp") / 1e6, (long) row.get("bytesDown") / 1e6, (double) row.get("seconds"));
    }

    private static String table(List<DemoRun> runs) {
        TextTable table = new TextTable(DemoReport.COLUMNS);
        List<Row> rows = new ArrayList<>();
        for (DemoRun run : runs) {
            Row row = new Row();
            List<String> cells = DemoReport.cells(run);
            for (int i = 0; i < cells.size(); i++) {
                row.put(DemoReport.COLUMNS.get(i), cells.get(i));
                table.widen(DemoReport.COLUMNS.get(i), cells.get(i));
            }
            rows.add(row);
        }
        return rows.stream().map(table::line).collect(Collectors.joining());
    }
}
