package org.eden4j.dl4j;

import java.lang.Thread.UncaughtExceptionHandler;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.StepFunction;
import org.deeplearning4j.optimize.solvers.accumulation.GradientsAccumulator;
import org.deeplearning4j.optimize.solvers.accumulation.IndexedTail;
import org.deeplearning4j.optimize.solvers.accumulation.Registerable;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.dl4j.metrics.MemberMetrics;
import org.eden4j.dl4j.metrics.TrainingMetrics;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.local.LocalJob;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averages the compressed updates of the workers of DL4J's {@code ParallelWrapper}, so that all of them take the same
 * step.
 *
 * <pre>{@code
 * ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net).workers(4)
 *     .trainingMode(ParallelWrapper.TrainingMode.CUSTOM)
 *     .gradientsAccumulator(EdenGradientsAccumulator.builder(net, 4).method("eden:bits=4").build())
 *     .build();
 * }</pre>
 *
 * <p>An accumulator sees updates <em>after</em> the updater. With plain SGD their mean is the step of one network on
 * the union of all batches; with momentum or Adam it is the mean of the workers' own steps, which is a different
 * algorithm. {@link EdenParallelTrainer} averages before the updater, and keeps its state, which
 * {@code ParallelWrapper.fit()} does not. All workers have equal weight, whatever the size of their batches. The last
 * round of {@code fit()} may have fewer batches than workers: the workers without a batch take no part in it, and
 * {@code ParallelWrapper} discards them afterwards.
 *
 * <p>Worker numbers, on which rotations depend, are those of {@code ParallelWrapper}, so that a run with the same seed
 * computes the same parameters. The wrapper deals batches round by round: it deals none while one round is being
 * exchanged.
 *
 * <p>The accumulator stays with the network, which trains alone between two fits of the wrapper. An exception in one
 * worker ends the others, and {@code ParallelWrapper.fit()} throws it; call {@code shutdown()} of the wrapper then,
 * which makes the accumulator ready for another {@code fit()}. Truncated backpropagation through time is rejected:
 * workers whose sequences differ in length would wait for each other's segments.
 */
public final class EdenGradientsAccumulator implements GradientsAccumulator, Registerable {
    private static final long serialVersionUID = 1;
    private static final long STARTING_NS = TimeUnit.SECONDS.toNanos(60);
    private static final String SEGMENTS = "doTruncatedBPTT";

    private final int workers;
    private final transient LocalJob.Builder terms;
    private final transient UpdateLayout layout;
    private final boolean errorFeedback;
    private transient LocalJob job;
    private final transient Member[] members;
    /** By worker; null if exchanges are not measured. */
    private final transient MemberMetrics[] metrics;
    /** Thread of each worker; null before it has started. */
    private final transient Thread[] threads;
    /** Workers without a batch in the last round of a fit. */
    private final transient BitSet paused = new BitSet();
    /** Exception that ended a worker; null if none has. */
    private transient Throwable failure;

    private EdenGradientsAccumulator(Builder builder) {
        workers = builder.workers;
        terms = LocalJob.builder(workers, builder.method)
            .downlink(builder.downlink)
            .jobSeed(builder.seed)
            .onRound(builder.onRound);
        layout = builder.rules.layout(builder.network, builder.method);
        errorFeedback = builder.errorFeedback;
        members = new Member[workers];
        threads = new Thread[workers];
        metrics = new MemberMetrics[workers];
        if (builder.metrics != null) {
            Arrays.setAll(metrics, worker -> builder.metrics.member(worker, layout));
        }
        begin(0);
    }

    /**
     * Starts the configuration of an accumulator.
     *
     * @param network the wrapped network, whose layers determine the layout of updates
     * @param workers the number of workers of {@code ParallelWrapper}
     */
    public static Builder builder(Model network, int workers) {
        return new Builder(network, workers);
    }

    private void begin(long round) {
        job = terms.firstRound(round).build();
        for (int worker = 0; worker < workers; worker++) {
            LocalJob.Joining joining = job.member(layout).index(worker);
            members[worker] = (errorFeedback ? joining.errorFeedback() : joining).join();
        }
    }

    /**
     * Waits until all workers have copied the network; called by each worker when it has its copy. Until then the first
     * worker must not train, because it trains the network that the others copy.
     */
    @Override
    public synchronized void touch() {
        Thread own = Thread.currentThread();
        int place = place(own.getName());
        if (place < 0) {
            throw failed(tooMany());
        }
        threads[place] = own;
        own.setUncaughtExceptionHandler(noting(own.getUncaughtExceptionHandler()));
        notifyAll();
        long endNs = System.nanoTime() + STARTING_NS;
        while (failure == null && Arrays.stream(threads).anyMatch(Objects::isNull)) {
            if (!awaited(endNs - System.nanoTime())) {
                throw failed(new IllegalStateException(
                        Arrays.stream(threads).filter(Objects::nonNull).count() + " workers of ParallelWrapper have"
                                + " started, but this accumulator was built for " + workers
                                + ": give both the same number"));
            }
        }
        check();
    }

    private IllegalStateException tooMany() {
        return new IllegalStateException(
                "ParallelWrapper has more workers than the " + workers + " that this accumulator was built for");
    }

    /** Returns the wrapper's number of a worker, from the thread's name, or else the first free one; -1 if there is none. */
    private int place(String name) {
        int digits = name.length();
        while (digits > 0 && Character.isDigit(name.charAt(digits - 1))) {
            digits--;
        }
        boolean numbered = digits < name.length() && name.length() - digits <= 4;
        int number = numbered ? Integer.parseInt(name.substring(digits)) : -1;
        if (number >= 0 && number < workers && threads[number] == null) {
            return number;
        }
        return Arrays.asList(threads).indexOf(null);
    }

    /** Records the exception that ends a worker, which the wrapper reports only to the thread that waits for this worker. */
    private UncaughtExceptionHandler noting(UncaughtExceptionHandler former) {
        return (thread, thrown) -> {
            ended(thread, thrown);
            if (former != null) {
                former.uncaughtException(thread, thrown);
            }
        };
    }

    /** Records a failure, unless the thread belongs to an earlier fit. */
    private synchronized void ended(Thread thread, Throwable thrown) {
        if (Arrays.asList(threads).contains(thread)) {
            fail(thrown);
        }
    }

    private synchronized void fail(Throwable thrown) {
        if (failure == null) {
            Throwable cause = thrown;
            while (cause.getClass() == RuntimeException.class && cause.getCause() != null) {
                cause = cause.getCause(); // added by the wrapper
            }
            failure = cause;
            job.fail("another worker of ParallelWrapper has failed: " + cause.getMessage());
            notifyAll();
        }
    }

    private IllegalStateException failed(IllegalStateException reason) {
        fail(reason);
        return reason;
    }

    private void check() {
        if (failure != null) {
            throw new IllegalStateException("a worker of ParallelWrapper has failed: " + failure.getMessage(), failure);
        }
    }

    /** Waits for a change; returns whether time was left. */
    private boolean awaited(long leftNs) {
        if (leftNs <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, leftNs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(new IllegalStateException("this thread was interrupted", e));
        }
        return true;
    }

    /**
     * Pauses the workers without a batch: the wrapper feeds the first {@code numConsumers} workers and then waits for
     * these only.
     */
    @Override
    public synchronized void registerConsumers(int numConsumers) {
        if (numConsumers > workers) {
            throw failed(tooMany());
        }
        check();
        for (int worker = numConsumers; worker < workers; worker++) {
            members[worker].pause();
            paused.set(worker);
        }
    }

    /** Rejects truncated backpropagation through time; {@link #applyUpdate} sends the update. */
    @Override
    public void storeUpdate(INDArray array, int iterationNumber, int epochNumber) {
        boolean segments = StackWalker.getInstance()
            .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals(SEGMENTS)));
        if (segments) {
            throw new IllegalStateException(
                    "workers of ParallelWrapper whose sequences differ in length would wait for each"
                            + " other's segments of truncated backpropagation through time: use EdenParallelTrainer");
        }
    }

    /** Replaces the update by the mean of the workers' updates, and applies it. */
    @Override
    public void applyUpdate(StepFunction function, INDArray params, INDArray updates, boolean isFinalStep) {
        average(updates);
        function.step(params, updates);
    }

    /** Does the same with a step size. */
    @Override
    public void applyUpdate(StepFunction function, INDArray params, INDArray updates, double alpha) {
        average(updates);
        function.step(params, updates, alpha);
    }

    private void average(INDArray updates) {
        Member member = own();
        if (member == null) {
            return;
        }
        MemorySegment update = FlatArray.of("updates", updates).floats();
        MemberMetrics measuring = metrics[member.index()];
        try {
            if (measuring != null) {
                measuring.exchanging(update, member.round());
            }
            RoundResult result = member.exchange(update, 1, update);
            if (measuring != null) {
                measuring.exchanged(result);
            }
        } catch (TransportException e) {
            synchronized (this) {
                check();
            }
            throw e;
        }
    }

    /** Returns the member of the calling worker; null between two fits, when the network trains alone. */
    private synchronized Member own() {
        check();
        int worker = Arrays.asList(threads).indexOf(Thread.currentThread());
        if (worker < 0 && Arrays.stream(threads).anyMatch(Objects::nonNull)) {
            throw new IllegalStateException(
                    "this thread is not a worker of ParallelWrapper, which is training the network");
        }
        return worker < 0 ? null : members[worker];
    }

    /** Forgets the threads and the failure of the fit that has ended. */
    @Override
    public synchronized void reset() {
        Arrays.fill(threads, null);
        if (failure != null) {
            failure = null;
            begin(job.round());
        } else {
            paused.stream().forEach(worker -> takePartAgain(members[worker]));
        }
        paused.clear();
    }

    /** Brings a member that has missed a round up to date: its exchange sends nothing and does not wait. */
    private void takePartAgain(Member member) {
        if (member.round() < job.round()) {
            MemorySegment nothing = MemorySegment.ofArray(new float[member.dimension()]);
            member.exchange(nothing, 0, nothing);
        }
    }

    @Override
    public void fallbackToSingleConsumerMode(boolean reallyFallback) {
        if (reallyFallback) {
            throw new IllegalArgumentException(
                    "a single consumer is not supported: all workers take part in each exchange");
        }
    }

    /** Always throws: all updates come from the workers. */
    @Override
    public void setExternalSource(IndexedTail source) {
        throw new IllegalArgumentException("external updates are not supported");
    }

    @Override
    public IndexedTail getExternalSource() {
        return null;
    }

    @Override
    public void receiveUpdate(INDArray array) {
        throw new IllegalArgumentException("external updates are not supported");
    }

    @Override
    public void markExternalUpdates(boolean updatesAvailable) {
        // there are no external updates
    }

    @Override
    public boolean hasAnything() {
        return false;
    }

    /** The configuration of an accumulator. */
    public static final class Builder {
        private final Model network;
        private final int workers;
        private Method method = DefaultMethods.updates();
        private Method downlink = DefaultMethods.means();
        private LayerRules rules = LayerRules.standard();
        private long seed = 1;
        private boolean errorFeedback;
        /** Null if exchanges are not measured. */
        private TrainingMetrics metrics;
        private Consumer<RoundStatistics> onRound = _ -> {};

        private Builder(Model network, int workers) {
            if (workers < 2) {
                throw new IllegalArgumentException("ParallelWrapper has at least 2 workers, got " + workers);
            }
            this.network = Objects.requireNonNull(network);
            this.workers = workers;
        }

        /** Sets the compression method of updates; {@code eden:bits=4} by default. */
        public Builder method(String method) {
            this.method = Method.parse(method);
            return this;
        }

        /** Sets the compression method of means; {@link DefaultMethods#MEANS} by default. */
        public Builder downlink(String downlink) {
            this.downlink = Method.parse(downlink);
            return this;
        }

        /**
         * Sets the compression method of each layer's parameters by rules that follow the standard ones;
         * {@link LayerRules} has the syntax.
         */
        public Builder rules(String rules) {
            this.rules = LayerRules.parse(rules);
            return this;
        }

        /** Sets the seed of rotations; 1 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Adds the compression error of earlier updates, including those of earlier fits, to each update. */
        public Builder errorFeedback() {
            errorFeedback = true;
            return this;
        }

        /** Measures each exchange of each worker, see {@link TrainingMetrics}. */
        public Builder metrics(TrainingMetrics metrics) {
            this.metrics = Objects.requireNonNull(metrics);
            return this;
        }

        /** Calls {@code consumer} after each round, in the thread of one of the workers: it must not block. */
        public Builder onRound(Consumer<RoundStatistics> consumer) {
            onRound = Objects.requireNonNull(consumer);
            return this;
        }

        /**
         * Builds an accumulator.
         *
         * @throws IllegalArgumentException if the network's updates cannot be exchanged, with the reason and the cure
         */
        public EdenGradientsAccumulator build() {
            return new EdenGradientsAccumulator(this);
        }
    }
}
