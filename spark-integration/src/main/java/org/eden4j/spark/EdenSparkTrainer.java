package org.eden4j.spark;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenListener;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.dl4j.NetworkState;
import org.eden4j.transport.job.DefaultMethods;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Trains a network on a Spark cluster: each worker on a partition of the data, in a task of an ordinary stage, together with the
 * others as the members of a job do, with compression.
 *
 * <pre>{@code
 * MultiLayerNetwork net = EdenSparkTrainer.builder(sc, configuration)
 *     .workers(4).averagingFrequency(10).method("eden:bits=4").build()
 *     .fit(data);
 * }</pre>
 *
 * <p>Parameters come out as those of {@link EdenTraining} with the same shares, numbers and seed, bit for bit, as long as no executor
 * is lost. Where one is, rounds go on without its workers after some seconds; Spark runs their tasks again, and the job gives
 * them their places and its present state back. No stage is run again. Executors without a worker train for a moment at the start, so that a
 * worker that comes does not wait for their code to be compiled.
 *
 * <p>All workers train at the same time, and need as many task slots at once: where they do not get them {@code fit} says so after
 * {@link Builder#slotTimeout}. A worker whose share has fewer batches leaves earlier, and the others go on without it.
 *
 * <p>Executors need the flag {@link #EXECUTOR_FLAG} in
 * {@code spark.executor.extraJavaOptions}, and must reach the driver by UDP, and the driver them: {@code docs/spark.md} has ports,
 * images and clusters. A share is kept in its executor's memory, off the heap. The driver takes the memory of one network, and what an
 * {@link org.eden4j.transport.Aggregator} says. One call at a time.
 *
 * @param <N> {@code MultiLayerNetwork} or {@code ComputationGraph}
 */
public final class EdenSparkTrainer<N extends Model> {
    /** The JVM flag that executors need, for {@code spark.executor.extraJavaOptions}. */
    public static final String EXECUTOR_FLAG = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

    private final JavaSparkContext sc;
    private final Class<N> type;
    private final Terms terms;
    private final Exchange exchange;
    private final int depth;
    private final Repartition repartition;
    private final int port;
    private final Duration slotTimeout;
    private final Consumer<RoundSummary> onRound;
    private final Course course;
    /** Calls of {@link #fit} that have ended, by this driver. */
    private int fits;
    private FitReport report;

    private EdenSparkTrainer(Builder<N> builder) {
        sc = builder.sc;
        type = builder.type;
        terms = builder.terms();
        exchange = builder.exchange;
        NetworkPlan plan = new NetworkPlan(builder.configuration, builder.state);
        course = builder.checkpoints == null ? Course.of(plan, exchange)
                : Course.of(plan, exchange,
                        Checkpoints.in(builder.checkpoints, sc.sc().hadoopConfiguration()), builder.checkpointEvery);
        depth = builder.depth;
        repartition = builder.repartition;
        port = builder.port;
        slotTimeout = builder.slotTimeout;
        onRound = builder.onRound;
    }

    /** Starts the terms of a training of layers in a row. */
    public static Builder<MultiLayerNetwork> builder(JavaSparkContext sc, MultiLayerConfiguration configuration) {
        return new Builder<>(sc, MultiLayerNetwork.class, configuration.clone());
    }

    /** Starts the terms of a training of a graph of layers with one input and one output. */
    public static Builder<ComputationGraph> builder(JavaSparkContext sc, ComputationGraphConfiguration configuration) {
        return new Builder<>(sc, ComputationGraph.class, configuration.clone());
    }

    /**
     * Trains on a data set, from where the last call has ended; the first one begins with a new network.
     *
     * @param data batches or single examples
     * @return a network of the caller's own, which has learnt all of it
     * @throws IllegalArgumentException if the network cannot take part, or the data set has another number of partitions and must not be
     *         repartitioned, with the reason and the cure
     * @throws IllegalStateException if the cluster cannot run all workers at once or lacks a setting, a task has failed as often as
     *         Spark runs it, or training was cancelled or interrupted, with the reason
     * @throws org.eden4j.transport.job.TransportException if the job has failed
     */
    public synchronized N fit(JavaRDD<DataSet> data) {
        if (fits < course.progress().fits()) {
            fits++;
            report = FitReport.nothing(terms.workers());
            return network();
        }
        Model checked = course.plan().create();
        if (terms.sharing()) {
            EdenListener.checkGradientSharing(checked);
        } else {
            EdenListener.checkParameterAveraging(checked);
        }
        if (exchange == Exchange.JOB) {
            ClusterCheck.members(sc.getConf(), sc.isLocal());
        }
        try (StageWatch watch = StageWatch.of(sc, UUID.randomUUID().toString())) {
            report = watch.run(() -> train(watch, Shares.of(data, terms.workers(), repartition)));
        }
        fits++;
        return network();
    }

    private N network() {
        return type.cast(course.plan().create());
    }

    private FitReport train(StageWatch watch, JavaRDD<DataSet> shares) {
        return switch (exchange) {
            case JOB -> trainInParts(watch, shares);
            case SPARK -> new SparkRounds(sc, watch, terms, depth, onRound).run(course, shares);
        };
    }

    /** Without checkpoints there is one part. */
    private FitReport trainInParts(StageWatch watch, JavaRDD<DataSet> shares) {
        FitReport all = FitReport.nothing(terms.workers());
        while (course.epochsLeft(terms.epochs()) > 0) {
            Terms part = terms.withEpochs(course.nextEpochs(terms.epochs()));
            Trained trained = new JobRun(sc, watch, part, course.progress().parts(), port, slotTimeout, onRound)
                .run(course.plan(), shares);
            all = all.then(trained.report());
            course.endEpochs(trained.state(), part.epochs(), terms.epochs());
        }
        course.endFit();
        return all;
    }

    /**
     * Trains on the rows of a table.
     *
     * @param featureColumn vectors or arrays of numbers
     * @param labelColumn vectors or arrays of numbers; or numbers, which are classes from 0 where the network has several outputs
     */
    public N fit(Dataset<Row> rows, String featureColumn, String labelColumn) {
        return fit(RowBatches.of(rows, featureColumn, labelColumn, course.plan(), terms.batchSize()));
    }

    /**
     * Scores the network on a data set, in tasks of the cluster: the network that the last {@code fit} returned, before the first the
     * network with which it would start.
     *
     * @param data batches with one-hot labels, at least one
     * @throws IllegalArgumentException if there are none
     */
    public synchronized Evaluation evaluate(JavaRDD<DataSet> data) {
        Broadcast<NetworkPlan> network = sc.broadcast(course.plan());
        try {
            List<Evaluation> parts = data.mapPartitions(new EvaluationTask(network)).collect();
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("the data set to score on is empty");
            }
            Evaluation all = parts.getFirst();
            parts.subList(1, parts.size()).forEach(all::merge);
            return all;
        } finally {
            network.destroy();
        }
    }

    /** Returns the report of the last {@code fit}; empty before the first one has ended. */
    public synchronized Optional<FitReport> report() {
        return Optional.ofNullable(report);
    }

    /**
     * The terms of a training. One of {@code averagingFrequency} and {@code gradientSharing} must be said.
     *
     * @param <N> the network
     */
    public static final class Builder<N extends Model> {
        private final JavaSparkContext sc;
        private final Class<N> type;
        private final Serializable configuration;
        /** Null for a new network. */
        private NetworkState state;
        private int workers;
        private int batchSize;
        /** 0 for gradient sharing, -1 before it is said. */
        private int averagingFrequency = -1;
        private boolean averageUpdaters;
        private Method method = DefaultMethods.updates();
        private Method downlink = DefaultMethods.means();
        private String rules = "";
        private boolean errorFeedback;
        private int epochs = 1;
        private long seed = 1;
        private Duration deadline = Duration.ofSeconds(30);
        private int quorum;
        private boolean insecure;
        private Exchange exchange = Exchange.JOB;
        private int depth = 2;
        private Repartition repartition = Repartition.IF_NEEDED;
        private int port;
        private Duration slotTimeout = Duration.ofSeconds(8);
        private Consumer<RoundSummary> onRound = _ -> {};
        /** Null for none. */
        private String checkpoints;
        private int checkpointEvery;

        private Builder(JavaSparkContext sc, Class<N> type, Serializable configuration) {
            this.sc = Objects.requireNonNull(sc);
            this.type = type;
            this.configuration = configuration;
        }

        /** The number of workers; by default Spark's {@code defaultParallelism}, the cores that the cluster had then. */
        public Builder<N> workers(int workers) {
            this.workers = positive("workers", workers);
            return this;
        }

        /**
         * Begins with what a network has learnt, its updater's state, iteration and epoch included: one that an earlier {@code fit} has
         * returned, or that DL4J's {@code ModelSerializer} has read again after the driver's end.
         *
         * @param network of this configuration, not changed
         * @throws IllegalArgumentException if its parameters cannot be exchanged, with the reason
         */
        public Builder<N> startFrom(N network) {
            state = NetworkState.of(network);
            return this;
        }

        /** Examples in a step of a worker: elements of the data set are put together and cut up. By default they are taken as they are. */
        public Builder<N> batchSizePerWorker(int examples) {
            batchSize = positive("batch size per worker", examples);
            return this;
        }

        /** See {@link EdenTraining.Builder#averagingFrequency}. */
        public Builder<N> averagingFrequency(int steps) {
            averagingFrequency = positive("averaging frequency", steps);
            return this;
        }

        /** See {@link EdenTraining.Builder#gradientSharing}. */
        public Builder<N> gradientSharing() {
            averagingFrequency = 0;
            return this;
        }

        /** See {@link EdenTraining.Builder#averageUpdaters}. */
        public Builder<N> averageUpdaters(boolean average) {
            averageUpdaters = average;
            return this;
        }

        /** How updates are compressed; {@code eden:bits=4} by default. */
        public Builder<N> method(String method) {
            this.method = Method.parse(method);
            return this;
        }

        /** How means are compressed; {@link DefaultMethods#MEANS} by default. */
        public Builder<N> downlink(String downlink) {
            this.downlink = Method.parse(downlink);
            return this;
        }

        /** See {@link EdenTraining.Builder#rules(String)}. */
        public Builder<N> rules(String rules) {
            this.rules = LayerRules.parse(rules).toString();
            return this;
        }

        /** See {@link EdenTraining.Builder#errorFeedback}. */
        public Builder<N> errorFeedback() {
            errorFeedback = true;
            return this;
        }

        /** Passes over the data; 1 by default. */
        public Builder<N> epochs(int epochs) {
            this.epochs = positive("epochs", epochs);
            return this;
        }

        /** The seed of rotations, and of each worker's random numbers; 1 by default. */
        public Builder<N> seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** How long a round waits for a worker that is alive; 30 seconds by default. One that is lost is not waited for. */
        public Builder<N> deadline(Duration deadline) {
            this.deadline = Objects.requireNonNull(deadline);
            return this;
        }

        /** Workers without which a round is tried again, see {@link org.eden4j.transport.AggregatorBuilder#quorum}; half of them by default. */
        public Builder<N> quorum(int workers) {
            quorum = positive("quorum", workers);
            return this;
        }

        /** Allows workers to reach the driver over a network, though frames are neither encrypted nor authenticated. */
        public Builder<N> insecure() {
            insecure = true;
            return this;
        }

        /**
         * Keeps the state of the training in a directory, so that a driver that is started again with the same calls goes on from there:
         * calls of {@code fit} that had ended return the network at once, the one that had not trains what is left. The network of a
         * checkpoint is a file of DL4J's {@code ModelSerializer}. A checkpoint in the directory replaces {@link #startFrom}.
         *
         * <p>With {@link Exchange#JOB} workers leave after this number of epochs, and another stage goes on from the network of one of them
         * and its updater, without or with a restart in between: parameters are the same, bit for bit. With {@link Exchange#SPARK}
         * nothing changes unless the driver is lost; workers then begin with new updaters.
         *
         * @param directory on a file system that Spark's Hadoop knows and that outlives the driver
         * @param every epochs between checkpoints, at least 1; with {@link Exchange#SPARK} rounds
         */
        public Builder<N> checkpoints(String directory, int every) {
            checkpoints = Objects.requireNonNull(directory);
            checkpointEvery = positive("epochs or rounds between checkpoints", every);
            return this;
        }

        /** How workers exchange what they have learnt; {@link Exchange#JOB} by default. */
        public Builder<N> exchange(Exchange exchange) {
            this.exchange = Objects.requireNonNull(exchange);
            return this;
        }

        /** With {@link Exchange#SPARK}: levels of the tree by which executors add updates up, 1 for the driver alone; 2 by default. */
        public Builder<N> aggregationDepth(int levels) {
            depth = positive("aggregation depth", levels);
            return this;
        }

        /** Sets when the data set is repartitioned; by default if its number of partitions is not that of the workers. */
        public Builder<N> repartition(Repartition when) {
            repartition = Objects.requireNonNull(when);
            return this;
        }

        /** The driver's UDP port that workers reach the aggregator at; by default a free one. */
        public Builder<N> port(int port) {
            this.port = port;
            return this;
        }

        /** How long after the first worker's task the last one may begin; 8 seconds by default. Longer where executors are started on demand. */
        public Builder<N> slotTimeout(Duration limit) {
            slotTimeout = Objects.requireNonNull(limit);
            return this;
        }

        /** Calls {@code consumer} after each round, in a thread of the driver: it must not block. */
        public Builder<N> onRound(Consumer<RoundSummary> consumer) {
            onRound = Objects.requireNonNull(consumer);
            return this;
        }

        /**
         * A trainer.
         *
         * @throws IllegalArgumentException if the last checkpoint is of another training or cannot be read
         * @throws java.io.UncheckedIOException if the checkpoint directory cannot be read
         * @throws IllegalStateException if no training mode was chosen, or one that {@link Exchange#SPARK} does not have
         */
        public EdenSparkTrainer<N> build() {
            if (averagingFrequency < 0) {
                throw new IllegalStateException(
                        "no training mode was chosen: call averagingFrequency(STEPS) or gradientSharing()");
            }
            if (exchange == Exchange.SPARK && (averagingFrequency == 0 || averageUpdaters || errorFeedback)) {
                throw new IllegalStateException("exchange(Exchange.SPARK) averages parameters alone: leave out "
                        + (averagingFrequency == 0 ? "gradientSharing()" : averageUpdaters ? "averageUpdaters(true)"
                                : "errorFeedback()")
                        + ", or call exchange(Exchange.JOB)");
            }
            return new EdenSparkTrainer<>(this);
        }

        private Terms terms() {
            return new Terms(workers == 0 ? sc.defaultParallelism() : workers, batchSize, averagingFrequency,
                    averageUpdaters && averagingFrequency > 0, method, downlink, rules, errorFeedback, epochs, seed,
                    deadline, quorum, insecure);
        }

        private static int positive(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1, got " + value);
            }
            return value;
        }
    }
}
