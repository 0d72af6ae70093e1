package org.eden4j.simulator.train;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.output.EarlierResults;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.output.TextTable;
import org.eden4j.simulator.process.JobOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden series}: several ways to compress over several seeds, each compared with the first under the same seed. */
@Command(name = "series", description = "Trains over several seeds in this process, and compares each run with the first one, seed by seed.", footer = {
        "",
        "A run is UP/DOWN, UP/DOWN+feedback with error feedback, or threshold-encoding for Deeplearning4j's own "
                + "ParallelWrapper, which exchanges at each step whatever the --mode. accuracyLost is the first run's accuracy less "
                + "this one's under the same seed, with mean and standard error over the seeds. ratioTotal is the first "
                + "run's total number of bytes, both ways, divided by this one's.",
        "",
        "Example:",
        "  ./eden series --run none/none --run eden:bits=4/eden:bits=8 --run drive/drive --seeds 3 --out results/series"})
public final class SeriesCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "run", "seed", "summary", "seeds", "method",
            "downlink",
            "mode", "model", "workers", "parameters", "epoch", "rounds", "loss", "accuracy", "accuracyStdErr",
            "accuracyLost", "accuracyLostStdErr", "bytesUp", "bytesDown", "wireBitsUp", "wireBitsDown", "ratioTotal",
            "seconds", "replicasEqual");
    private static final List<String> TEXT_COLUMNS = List.of("run", "seed", "accuracy", "loss", "bytesUp", "bytesDown",
            "seconds", "replicasEqual");
    private static final List<String> TABLE_COLUMNS = List.of("run", "seeds", "accuracy %", "std err", "lost %",
            "lost std err", "MB up", "MB down", "ratio total");

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private JobOptions job;

    @Mixin
    private TrainOptions train;

    @Option(names = "--run", paramLabel = "UP/DOWN", required = true, converter = SeriesRun.Converter.class, description = "How updates and means travel; repeat it, the first is what others are compared with.")
    private List<SeriesRun> runs;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "3", description = "Seeds, from that of --seed on (default ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--resume", description = "Continue where the same command was interrupted; requires --out.")
    private boolean resume;

    @Override
    public Integer call() throws InterruptedException, IOException {
        check();
        SeriesTable table = new SeriesTable(runs);
        List<Row> earlier = resume ? earlier(table) : List.of();
        earlier.forEach(table::add);
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS, common.out(), earlier);
                Progress progress = common.progress("series", (long) runs.size() * seeds)) {
            results.widen("run", runs.stream().map(SeriesRun::text).toList());
            progress.step(earlier.size());
            for (long seed = common.seed(); seed < common.seed() + seeds; seed++) {
                for (SeriesRun run : runs) {
                    if (!table.has(run, seed)) {
                        progress.message(run + ", seed " + seed);
                        Row row = train(run, seed);
                        table.add(row);
                        results.add(row);
                        progress.step(1);
                    }
                }
            }
            List<Row> summary = table.summary();
            summary.forEach(results::detail);
            results.text("\n" + text(summary));
        }
        return 0;
    }

    private void check() {
        train.rejectProcessOptions("series trains in threads, leave it out");
        if (seeds < 1) {
            throw new ParameterException(spec.commandLine(), "--seeds must be at least 1, got " + seeds);
        }
        if (runs.stream().map(SeriesRun::text).distinct().count() < runs.size()) {
            throw new ParameterException(spec.commandLine(), "--run is given twice with the same methods");
        }
        for (SeriesRun run : runs) {
            TrainSettings settings = settings(run, common.seed());
            if (run.isThresholdEncoding() && settings.job().workers() < ThresholdRun.FEWEST_WORKERS) {
                throw new ParameterException(spec.commandLine(),
                        run + " takes --workers " + ThresholdRun.FEWEST_WORKERS + " or more");
            }
        }
    }

    private TrainSettings settings(SeriesRun run, long seed) {
        return train
            .settings(job.settings(run.method(), run.downlink(), seed, TrainOptions.DEADLINE)
                .withErrorFeedback(run.errorFeedback()));
    }

    private Row train(SeriesRun run, long seed) throws InterruptedException, IOException {
        Row summary = run.isThresholdEncoding() ? new ThresholdRun(settings(run, seed)).train()
                : new InProcessRun("series", settings(run, seed), _ -> {}, () -> {}).train();
        Row row = Row.of("series").put(SeriesTable.RUN, run.text()).put(SeriesTable.SEED, seed);
        summary.fields().forEach((name, value) -> {
            if (!name.equals("summary") && !name.equals("layers") && !name.equals("command")) {
                row.put(name, value);
            }
        });
        return row;
    }

    /** The rows that are there already. */
    private List<Row> earlier(SeriesTable table) {
        try {
            if (common.out() == null) {
                throw new IllegalArgumentException("--resume needs the --out of the interrupted command");
            }
            return EarlierResults.read(common.out(), common.manifest())
                .stream()
                .filter(table::isOfThese)
                .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static String text(List<Row> summary) {
        TextTable table = new TextTable(TABLE_COLUMNS);
        summary.forEach(row -> table.widen("run", (String) row.get("run")));
        StringBuilder text = new StringBuilder();
        for (Row row : summary) {
            text.append(table.line(new Row().put("run", row.get("run"))
                .put("seeds", row.get("seeds"))
                .put("accuracy %", percent(row.get("accuracy")))
                .put("std err", percent(row.get("accuracyStdErr")))
                .put("lost %", percent(row.get("accuracyLost")))
                .put("lost std err", percent(row.get("accuracyLostStdErr")))
                .put("MB up", decimals((double) row.get("bytesUp") / 1e6))
                .put("MB down", decimals((double) row.get("bytesDown") / 1e6))
                .put("ratio total", decimals((double) row.get("ratioTotal")) + "x")));
        }
        return text.toString();
    }

    private static String percent(Object share) {
        return share == null ? "" : decimals(100 * (double) share);
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%,.2f", value);
    }
}
