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
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.local.LocalJob;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Averages, compressed, what the workers of DL4J's {@code ParallelWrapper} are about to change, so that all of them take the same
 * step.
 *
 * <pre>{@code
 * ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net).workers(4)
 *     .trainingMode(ParallelWrapper.TrainingMode.CUSTOM)
 *     .gradientsAccumulator(EdenGradientsAccumulator.builder(net, 4).method("eden:bits=4").build())
 *     .build();
 * }</pre>
 *
 * <p>An accumulator sees updates <em>after</em> the updater: with plain SGD their mean is the step that one network would take
 * with the union of all batches; with momentum or Adam it is a mean of the workers' own steps, which is another algorithm.
 * {@link EdenParallelTrainer} averages before the updater, and keeps its state, which {@code ParallelWrapper.fit()} does not.
 * Every worker's update counts the same, whatever the size of its batch. In the last round of {@code fit()} there may be fewer
 * batches than workers: those that have none are not in it, and are discarded by {@code ParallelWrapper} afterwards.
 *
 * <p>Worker numbers, on which rotations depend, are those of {@code ParallelWrapper}, so that a run with the same seed gives the
 * same parameters. Batches are fed round by round: while one is being exchanged the next is not dealt.
 *
 * <p>The accumulator stays with the network: between two fits of the wrapper that trains alone. An exception in one worker ends
 * the others, and {@code ParallelWrapper.fit()} throws it; call its {@code shutdown()} then, which makes the accumulator ready for another {@code fit()}. Truncated backpropagation through time is refused: workers whose
 * sequences differ in length would wait for each other's segments.
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
    /** By worker; null where nothing is measured. */
    private final transient MemberMetrics[] metrics;
    /** By worker: its thread; null before it has started. */
    private final transient Thread[] threads;
    /** Workers without a batch in the last round of a fit. */
    private final transient BitSet paused = new BitSet();
    /** What has ended a worker; null if nothing has. */
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
     * Starts the terms of an accumulator.
     *
     * @param network the network that is wrapped: its layers say how updates travel
     * @param workers as many as {@code ParallelWrapper} has
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
     * A worker has its copy of the network: waits until all have. Until then the first one must not train, since it trains the
     * network that the others copy.
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
                                + " started, this accumulator was built for " + workers
                                + ": give both the same number"));
            }
        }
        check();
    }

    private IllegalStateException tooMany() {
        return new IllegalStateException(
                "ParallelWrapper has more workers than the " + workers + " that this accumulator was built for");
    }

    /** The wrapper's number of a worker, by its thread's name, else the first free one; -1 if there is none. */
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

    /** Notes what ends a worker: the wrapper itself tells nobody but the one that waits for this worker. */
    private UncaughtExceptionHandler noting(UncaughtExceptionHandler former) {
        return (thread, thrown) -> {
            ended(thread, thrown);
            if (former != null) {
                former.uncaughtException(thread, thrown);
            }
        };
    }

    /** A thread of a fit that has ended meanwhile is no longer of interest. */
    private synchronized void ended(Thread thread, Throwable thrown) {
        if (Arrays.asList(threads).contains(thread)) {
            fail(thrown);
        }
    }

    private synchronized void fail(Throwable thrown) {
        if (failure == null) {
            Throwable cause = thrown;
            while (cause.getClass() == RuntimeException.class && cause.getCause() != null) {
                cause = cause.getCause(); // the wrapper's own
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

    /** Waits for a change; whether there was time left. */
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

    /** The wrapper feeds the first workers, this number of them, and then waits for these only. */
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

    /** What a worker is about to change; {@link #applyUpdate} sends it. */
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

    /** Takes the mean of the workers' steps. */
    @Override
    public void applyUpdate(StepFunction function, INDArray params, INDArray updates, boolean isFinalStep) {
        average(updates);
        function.step(params, updates);
    }

    /** As the other one, with a factor. */
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

    /** The member of the calling worker; null between two fits, when the network is trained alone. */
    private synchronized Member own() {
        check();
        int worker = Arrays.asList(threads).indexOf(Thread.currentThread());
        if (worker < 0 && Arrays.stream(threads).anyMatch(Objects::nonNull)) {
            throw new IllegalStateException(
                    "this thread is no worker of ParallelWrapper, which is training the network");
        }
        return worker < 0 ? null : members[worker];
    }

    /** The wrapper has ended a fit: forgets its threads, and what has failed. */
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

    /** The exchange of a member that has missed a round brings it up to the others, sends nothing, and does not wait. */
    private void takePartAgain(Member member) {
        if (member.round() < job.round()) {
            MemorySegment nothing = MemorySegment.ofArray(new float[member.dimension()]);
            member.exchange(nothing, 0, nothing);
        }
    }

    @Override
    public void fallbackToSingleConsumerMode(boolean reallyFallback) {
        if (reallyFallback) {
            throw new IllegalArgumentException("workers exchange with each other or not at all");
        }
    }

    /** There is none: all updates come from the workers. */
    @Override
    public void setExternalSource(IndexedTail source) {
        throw new IllegalArgumentException("no updates are taken from elsewhere");
    }

    @Override
    public IndexedTail getExternalSource() {
        return null;
    }

    @Override
    public void receiveUpdate(INDArray array) {
        throw new IllegalArgumentException("no updates are taken from elsewhere");
    }

    @Override
    public void markExternalUpdates(boolean updatesAvailable) {
        // there are none
    }

    @Override
    public boolean hasAnything() {
        return false;
    }

    /** The terms of an accumulator. */
    public static final class Builder {
        private final Model network;
        private final int workers;
        private Method method = Method.parse("eden:bits=4");
        private Method downlink = Method.parse("eden:bits=8");
        private LayerRules rules = LayerRules.standard();
        private long seed = 1;
        private boolean errorFeedback;
        /** Null where nothing is measured. */
        private TrainingMetrics metrics;
        private Consumer<RoundStatistics> onRound = _ -> {};

        private Builder(Model network, int workers) {
            if (workers < 2) {
                throw new IllegalArgumentException("ParallelWrapper has at least 2 workers, got " + workers);
            }
            this.network = Objects.requireNonNull(network);
            this.workers = workers;
        }

        /** How updates are compressed; {@code eden:bits=4} by default. */
        public Builder method(String method) {
            this.method = Method.parse(method);
            return this;
        }

        /** How means are compressed; {@code eden:bits=8} by default. */
        public Builder downlink(String downlink) {
            this.downlink = Method.parse(downlink);
            return this;
        }

        /** How the parameters of each layer travel, after the standard rules; see {@link LayerRules} for the text. */
        public Builder rules(String rules) {
            this.rules = LayerRules.parse(rules);
            return this;
        }

        /** The seed of rotations; 1 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Adds to each update what compression left of earlier ones, also of earlier fits. */
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

        /** @throws IllegalArgumentException if the network's updates cannot be exchanged, with the reason and the cure */
        public EdenGradientsAccumulator build() {
            return new EdenGradientsAccumulator(this);
        }
    }
}
