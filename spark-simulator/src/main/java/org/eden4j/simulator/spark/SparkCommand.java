package org.eden4j.simulator.spark;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.cli.CommonOptions;
import org.eden4j.simulator.cli.Progress;
import org.eden4j.simulator.cli.SecondsConverter;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.model.TestScore;
import org.eden4j.simulator.model.TrainingPlan;
import org.eden4j.simulator.output.Results;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.process.MethodOptions;
import org.eden4j.simulator.train.Mode;
import org.eden4j.simulator.train.ModelOptions;
import org.eden4j.spark.EdenSparkTrainer;
import org.eden4j.spark.Exchange;
import org.eden4j.spark.FitReport;
import org.eden4j.spark.SparkCounts;
import org.nd4j.linalg.dataset.DataSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code eden spark}: one training run on a Spark cluster. */
@Command(name = "spark", description = "Workers in the tasks of a Spark cluster train a Deeplearning4j model together.", footer = {
        "",
        "Each worker trains on its share of the images. accuracy and loss are those of the test images after the last "
                + "epoch. bytesUp and bytesDown are those of updates and means; resultBytes, shuffleBytes and "
                + "broadcastBytes are counted by Spark.",
        "Executors read the directory of --data themselves.",
        "With --exchange job the cluster needs a task slot for each worker, all at the same time.",
        "With --checkpoint the same command goes on where an earlier driver was lost: counts are those of its own rounds. "
                + "A training that has ended is only scored again.",
        "",
        "Example:",
        "  ./eden spark --master local[4] --model lenet --quick",
        "  ./eden spark --master local-cluster[2,2,1024] --exchange spark --quick"})
public final class SparkCommand implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("command", "method", "downlink", "mode", "model", "exchange",
            "master", "workers", "parameters", "epoch", "summary", "rounds", "loss", "accuracy", "testImages",
            "bytesUp", "bytesDown", "bytesUncompressed", "wireBitsUp", "wireBitsDown", "seconds", "replicasEqual",
            "resultBytes", "shuffleBytes", "broadcastBytes", "retriedTasks", "stageRestarts");
    private static final List<String> TEXT_COLUMNS = List.of("loss", "accuracy", "rounds", "bytesUp", "bytesDown",
            "bytesUncompressed", "resultBytes", "shuffleBytes", "broadcastBytes", "retriedTasks", "seconds",
            "replicasEqual");
    /** The ways of {@link Exchange}. */
    enum Way {
        job, spark
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    @Mixin
    private MethodOptions methods;

    @Mixin
    private ModelOptions training;

    @Option(names = "--master", paramLabel = "URL", defaultValue = "local[4]", description = "local[N], local-cluster[N,C,MB], spark://HOST:PORT or another master that Spark knows (default ${DEFAULT-VALUE}).")
    private String master;

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A setting of Spark, such as spark.executor.memory=2g; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--exchange", paramLabel = "WAY", defaultValue = "job", description = "${COMPLETION-CANDIDATES}: members of a job over Aeron in the tasks of one stage, or a stage per round (default ${DEFAULT-VALUE}).")
    private Way exchange;

    @Option(names = "--depth", paramLabel = "D", defaultValue = "2", description = "With --exchange spark: levels of the tree that adds up updates (default ${DEFAULT-VALUE}).")
    private int depth;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "4", description = "Number of workers, each in a task (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--error-feedback", description = "A worker adds to each update what compression left out of earlier ones.")
    private boolean errorFeedback;

    @Option(names = "--deadline", paramLabel = "SECONDS", defaultValue = "60", converter = SecondsConverter.class, description = "A round closes without workers that are missing after this time (default ${DEFAULT-VALUE}).")
    private Duration deadline;

    @Option(names = "--checkpoint", paramLabel = "DIR", description = "Keep the state of the training in this directory, on a file system that Spark's Hadoop knows, and go on from the state there.")
    private String checkpoint;

    @Option(names = "--checkpoint-every", paramLabel = "N", description = "Epochs between checkpoints (default 1); with --exchange spark rounds (default 10).")
    private Integer checkpointEvery;

    @Option(names = "--insecure", description = "Let workers reach the driver over a network, unencrypted.")
    private boolean insecure;

    @Override
    public Integer call() throws IOException {
        TrainingPlan plan = checkedPlan();
        try (Results results = common.results(COLUMNS, TEXT_COLUMNS);
                Progress progress = common.progress("spark", Progress.UNKNOWN)) {
            results.add(train(plan, progress));
        }
        return 0;
    }

    /** The plan, once all options are known to be right. */
    private TrainingPlan checkedPlan() {
        try {
            if (workers < 1 || depth < 1) {
                throw new IllegalArgumentException(
                        "--workers and --depth must be at least 1, got " + workers + " and " + depth);
            }
            if (checkpointEvery != null && (checkpoint == null || checkpointEvery < 1)) {
                throw new IllegalArgumentException(checkpoint == null
                        ? "--checkpoint-every needs the directory: --checkpoint DIR"
                        : "--checkpoint-every must be at least 1, got " + checkpointEvery);
            }
            if (exchange == Way.spark
                    && (training.mode() == Mode.sharing || training.averageUpdaters() || errorFeedback)) {
                throw new IllegalArgumentException(
                        "--exchange spark averages parameters only: leave out --mode sharing,"
                                + " --average-updaters and --error-feedback, or call it with --exchange job");
            }
            return training.plan();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Row train(TrainingPlan plan, Progress progress) throws IOException {
        long seed = TrainingPlan.modelSeed(common.seed());
        FashionMnist images = FashionMnist.parse(training.data());
        ImageSet share = plan.shard(images.train(), 0, workers, seed);
        try (JavaSparkContext sc = new JavaSparkContext(ClusterSettings.of(master, settings))) {
            EdenSparkTrainer.Builder<MultiLayerNetwork> builder = EdenSparkTrainer
                .builder(sc, plan.network(share, seed).getLayerWiseConfigurations())
                .workers(workers)
                .epochs(plan.epochs())
                .method(methods.method().method().toString())
                .downlink(methods.downlink().method().toString())
                .rules(training.rules().toString())
                .averageUpdaters(training.averageUpdaters())
                .seed(seed)
                .deadline(deadline)
                .exchange(exchange == Way.job ? Exchange.JOB : Exchange.SPARK)
                .aggregationDepth(depth)
                .onRound(_ -> progress.step(1));
            switch (training.mode()) {
                case averaging -> builder.averagingFrequency(plan.every());
                case sharing -> builder.gradientSharing();
            }
            if (errorFeedback) {
                builder.errorFeedback();
            }
            if (insecure) {
                builder.insecure();
            }
            if (checkpoint != null) {
                builder.checkpoints(checkpoint, checkpointEvery());
            }
            EdenSparkTrainer<MultiLayerNetwork> trainer = builder.build();
            long beginNs = System.nanoTime();
            MultiLayerNetwork trained = trainer.fit(
                    sc.parallelize(IntStream.range(0, workers).boxed().toList(), workers)
                        .<DataSet>flatMap(
                                new SparkShare(training.model(), training.quick(), training.data(), workers, seed)));
            double seconds = (System.nanoTime() - beginNs) / 1e9;
            return row(plan, trainer.report().orElseThrow(),
                    TestScore.of(trained, plan.model().images(images.test())), seconds);
        }
    }

    private int checkpointEvery() {
        if (checkpointEvery != null) {
            return checkpointEvery;
        }
        return exchange == Way.job ? 1 : 10;
    }

    private Row row(TrainingPlan plan, FitReport report, TestScore score, double seconds) {
        long parameters = plan.model().parameters();
        long coordinates = report.rounds() * workers * parameters;
        SparkCounts spark = report.spark();
        return Row.of("spark")
            .put("method", methods.method().text())
            .put("downlink", methods.downlink().text())
            .put("mode", training.mode().name())
            .put("model", training.model().toString())
            .put("exchange", exchange.name())
            .put("master", master)
            .put("workers", workers)
            .put("parameters", parameters)
            .put("epoch", plan.epochs())
            .put("summary", true)
            .put("rounds", report.rounds())
            .put("loss", score.loss())
            .put("accuracy", score.accuracy())
            .put("testImages", score.images())
            .put("bytesUp", report.bytesUp())
            .put("bytesDown", report.bytesDown())
            .put("bytesUncompressed", coordinates * Float.BYTES)
            .put("wireBitsUp", (double) report.bytesUp() * Byte.SIZE / coordinates)
            .put("wireBitsDown", (double) report.bytesDown() * Byte.SIZE / coordinates)
            .put("seconds", seconds)
            .put("replicasEqual", report.replicasEqual())
            .put("resultBytes", spark.resultBytes())
            .put("shuffleBytes", spark.shuffleBytes())
            .put("broadcastBytes", spark.broadcastBytes())
            .put("retriedTasks", spark.retriedTasks())
            .put("stageRestarts", spark.stageRestarts());
    }
}
