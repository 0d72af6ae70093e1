package org.eden4j.simulator.task;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.cli.TextConverter;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code eden task}: problems other than training, solved by workers over compressed means. */
@Command(name = "task", description = "Workers solve a problem together over compressed means: objective against rounds and bytes.", footer = {
        "",
        "kmeans: ten centres of the images, by Lloyd's algorithm; the objective is the mean squared distance, "
                + "smaller is better.",
        "power-iteration: the eight leading principal components of the images; the objective is their share of "
                + "the variance, larger is better.",
        "logistic: multinomial regression by gradient descent; the objective is the mean cross-entropy, smaller "
                + "is better.",
        "Everything runs in this process. Bytes are those of the payloads of all workers and rounds so far. The "
                + "downlink carries the change of the model.",
        "",
        "Example:",
        "  ./eden task kmeans --workers 10 --out results/kmeans",
        "  ./eden task logistic --method eden:bits=2 --method drive --rounds 100"})
public final class TaskCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "task", "method", "downlink", "workers", "dimension",
            "round", "objective", "bytesUp", "bytesDown", "summary", "ratioUp", "ratioTotal", "relativeObjective");
    private static final List<String> TEXT_COLUMNS = List.of("method", "downlink", "round", "objective",
            "relativeObjective", "bytesUp", "bytesDown", "ratioUp", "ratioTotal");
    private static final GivenMethod NONE = GivenMethod.parse("none");

    /** The problems. */
    enum Kind {
        KMEANS("kmeans", "k-means") {
            @Override
            Task task(Shards shards, long seed) {
                return new KMeans(shards, seed);
            }
        },
        POWER_ITERATION("power-iteration", "pca") {
            @Override
            Task task(Shards shards, long seed) {
                return new PowerIteration(shards, seed);
            }
        },
        LOGISTIC("logistic", "logistic-regression") {
            @Override
            Task task(Shards shards, long seed) {
                return new Logistic(shards);
            }
        };

        private final String text;
        private final String alias;

        Kind(String text, String alias) {
            this.text = text;
            this.alias = alias;
        }

        @Override
        public String toString() {
            return text;
        }

        abstract Task task(Shards shards, long seed);

        private static Kind parse(String text) {
            return Arrays.stream(values())
                .filter(kind -> text.equals(kind.text) || text.equals(kind.alias))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "task must be kmeans, power-iteration or logistic, got " + text));
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "TASK", converter = KindConverter.class, description = "kmeans, power-iteration or logistic.")
    private Kind kind;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "10", description = "Number of workers (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--method", paramLabel = "M", defaultValue = "eden:bits=4", converter = GivenMethod.Converter.class, description = "Method of the updates; may be repeated. 'none' is always the first (default ${DEFAULT-VALUE}).")
    private List<GivenMethod> methods;

    @Option(names = "--downlink", paramLabel = "M", converter = GivenMethod.Converter.class, description = "Method of the change of the model (default: that of the updates).")
    private GivenMethod downlink;

    @Option(names = "--rounds", paramLabel = "R", defaultValue = "30", description = "Number of rounds (default ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = FashionMnist.BUILTIN, description = "builtin, or a directory with the IDX files of Fashion-MNIST (default ${DEFAULT-VALUE}).")
    private String data;

    @Option(names = "--images", paramLabel = "N", defaultValue = "0", description = "Number of images, from the first; 0 for all (default ${DEFAULT-VALUE}).")
    private int images;

    @Override
    public Integer call() throws IOException {
        Shards shards = shards();
        List<GivenMethod> all = new ArrayList<>(List.of(NONE));
        methods.stream().filter(method -> !method.method().equals(NONE.method())).forEach(all::add);
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress(kind.toString(), (long) all.size() * (rounds + 1))) {
            results.widen("method", all.stream().map(GivenMethod::text).toList());
            results.widen("downlink", all.stream().map(GivenMethod::text).toList());
            Row baseline = null;
            for (GivenMethod method : all) {
                progress.message(method.text());
                Row last = run(shards, method, row -> {
                    results.detail(row);
                    progress.step(1);
                });
                baseline = baseline == null ? last : baseline;
                results.add(summary(last, baseline));
            }
        }
        return 0;
    }

    private Shards shards() throws IOException {
        try {
            if (rounds < 1 || workers < 1) {
                throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "--rounds and --workers must be at least 1, got %d and %d", rounds, workers));
            }
            ImageSet all = FashionMnist.parse(data).train();
            return Shards.of(images == 0 ? all : all.first(images), workers, common.seed());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Row run(Shards shards, GivenMethod method, Consumer<Row> rows) {
        GivenMethod down = downlink == null || method.equals(NONE) ? method : downlink;
        Row[] last = new Row[1];
        new TaskRun(kind.toString(), kind.task(shards, common.seed()), workers, method, down, common.seed())
            .run(rounds, row -> {
                rows.accept(row);
                last[0] = row;
            });
        return last[0];
    }

    /** Compares the last round with that of the uncompressed run. */
    private static Row summary(Row last, Row baseline) {
        Row summary = new Row();
        last.fields().forEach(summary::put);
        double total = number(last, "bytesUp") + number(last, "bytesDown");
        double all = number(baseline, "bytesUp") + number(baseline, "bytesDown");
        return summary.put("summary", true)
            .put("ratioUp", number(baseline, "bytesUp") / number(last, "bytesUp"))
            .put("ratioTotal", all / total)
            .put("relativeObjective", number(last, "objective") / number(baseline, "objective"));
    }

    private static double number(Row row, String field) {
        return ((Number) row.get(field)).doubleValue();
    }

    /** Reads the task. */
    static final class KindConverter extends TextConverter<Kind> {
        KindConverter() {
            super(Kind::parse);
        }
    }
}
