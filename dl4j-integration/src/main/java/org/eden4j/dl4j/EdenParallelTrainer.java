package org.eden4j.dl4j;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.metrics.TrainingMetrics;
import org.eden4j.transport.job.DefaultMethods;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.local.LocalJob;
import org.eden4j.transport.state.ModelHash;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains a network on several threads of this JVM. Each thread has a replica, and the replicas exchange compressed
 * updates like the members of a job, by the same rules. The parameters equal, bit for bit, those of as many programs
 * that use {@link EdenTraining} and read every n-th batch.
 *
 * <pre>{@code
 * EdenParallelTrainer trainer = EdenParallelTrainer.builder(net).workers(4).method("eden:bits=4").gradientSharing().build();
 * trainer.fit(data, epochs);
 * }</pre>
 *
 * <p>The network itself is the first replica: its listeners see its steps, in its thread, and its iteration and epoch
 * counts advance. The other replicas are copies, made by the first {@link #fit} and kept, so that their updater states
 * carry over from one call to the next. If the network was changed between two calls, all replicas adopt its current
 * state. Rotations continue with the next round. All replicas are equal when {@code fit} returns.
 *
 * <p>Batch i goes to replica i mod n, however fast each replica is, and each thread's random numbers follow from the
 * seed, so the same program computes the same parameters. If the number of batches in an epoch is not a multiple of n,
 * the replicas left over in the last turn follow the others.
 *
 * <p>Each replica takes the memory of a network; {@link LocalJob} states the memory of the job. An exception in any
 * thread, including the iterator's, ends all threads and is thrown to the caller. Calls of {@code fit} are serialized.
 */
public final class EdenParallelTrainer {
    private final Model network;
    private final Builder terms;
    /** Null before the first fit, and after a failed one. */
    private Crew crew;
    private long nextRound;
    private int fits;

    private EdenParallelTrainer(Builder terms) {
        network = terms.network;
        this.terms = terms;
    }

    /**
     * Starts the configuration of a trainer.
     *
     * @param network an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     */
    public static Builder builder(Model network) {
        return new Builder(network);
    }

    /** The replicas of one job. */
    private static final class Crew {
        final LocalJob job;
        final List<Model> replicas = new ArrayList<>();
        final EdenTraining[] members;
        /** Hash of the network's state at the end of the last fit. */
        long hash;
        /** Exception of the first thread that failed; null if none has. */
        private Throwable failure;

        Crew(Model network, int workers, LocalJob job) {
            this.job = job;
            replicas.add(network);
            while (replicas.size() < workers) {
                replicas.add(copy(network));
            }
            members = new EdenTraining[workers];
        }

        /**
         * Copies the parameters; updater state and counters follow at the start of the job. A graph's own clone would
         * share its list of listeners.
         */
        private static Model copy(Model network) {
            if (network instanceof MultiLayerNetwork layers) {
                return layers.clone();
            }
            ComputationGraph graph = (ComputationGraph) network;
            ComputationGraph copy = new ComputationGraph(graph.getConfiguration().clone());
            copy.init(graph.params().dup(), false);
            return copy;
        }

        synchronized void fail(Throwable reason) {
            if (failure == null) {
                failure = reason;
                job.fail("a replica has failed: " + reason.getMessage());
            }
        }

        synchronized Throwable failure() {
            return failure;
        }

        /** Removes the network from the job. */
        void abandon() {
            for (EdenTraining member : members) {
                if (member != null) {
                    member.abandon();
                }
            }
        }
    }

    /** Trains for one epoch, as {@link #fit(DataSetIterator, int)}. */
    public void fit(DataSetIterator data) {
        fit(data, 1);
    }

    /**
     * Trains on all batches of an iterator, for this number of epochs.
     *
     * @param data read in the calling thread only
     * @param epochs passes over the data, at least 1
     * @throws IllegalStateException if a replica or the iterator failed, with the exception as the cause, or this
     *         thread was interrupted, in which case its interrupt flag is set
     */
    public synchronized void fit(DataSetIterator data, int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("epochs must be at least 1, got " + epochs);
        }
        Crew training = crew();
        crew = null;
        fits++;
        BatchDealer dealer = new BatchDealer(terms.workers);
        List<Thread> threads = new ArrayList<>();
        for (int replica = 0; replica < terms.workers; replica++) {
            int index = replica;
            threads.add(Thread.ofPlatform()
                .name("eden4j-replica-" + index)
                .start(() -> run(training, index, dealer, epochs)));
        }
        try {
            for (int epoch = 0; epoch < epochs; epoch++) {
                dealer.deal(data);
            }
        } catch (InterruptedException | RuntimeException e) {
            training.fail(e);
            dealer.stop();
        }
        end(training, threads, dealer);
        nextRound = training.job.round();
        if (training.failure() != null) {
            training.abandon();
            if (training.failure() instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("parallel training has ended: " + training.failure().getMessage(),
                    training.failure());
        }
        new TrainedNetwork(network).remove(training.members[0].listener());
        training.hash = hash();
        crew = training;
    }

    /** Waits for all threads to end; a failure has already released those that wait for others. */
    private static void end(Crew training, List<Thread> threads, BatchDealer dealer) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    training.fail(e);
                    dealer.stop();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the replicas of the last fit, or new ones if the network has changed since. */
    private Crew crew() {
        if (crew != null && crew.hash == hash()) {
            network.addListeners(crew.members[0].listener());
            return crew;
        }
        if (crew != null) {
            crew.abandon();
        }
        LocalJob job = LocalJob.builder(terms.workers, terms.method)
            .downlink(terms.downlink)
            .jobSeed(terms.seed)
            .firstRound(nextRound)
            .onRound(terms.onRound)
            .build();
        return new Crew(network, terms.workers, job);
    }

    /** Returns a hash of the network's whole state. */
    private long hash() {
        NetworkReplica whole = NetworkReplica.whole(new TrainedNetwork(network));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(whole.stateBytes());
            whole.save(state);
            return ModelHash.of(state);
        }
    }

    private void run(Crew training, int index, BatchDealer dealer, int epochs) {
        try {
            RandomNumbers.seed(terms.seed, fits, index);
            Model replica = training.replicas.get(index);
            if (training.members[index] == null) {
                training.members[index] = terms.training.apply(EdenTraining.builder(replica))
                    .job(training.job)
                    .index(index)
                    .join();
            }
            EdenTraining member = training.members[index];
            TrainedNetwork trained = new TrainedNetwork(replica);
            for (int epoch = 0; epoch < epochs; epoch++) {
                trained.fit(new ReplicaBatches(dealer, index, trained, member.listener()));
            }
            member.exchangeRest();
        } catch (RuntimeException | Error e) {
            training.fail(e);
            dealer.stop();
        } finally {
            RandomNumbers.endThread();
        }
    }

    /** Returns the trained networks, the caller's first; empty before the first fit. */
    List<Model> replicas() {
        return crew == null ? List.of() : List.copyOf(crew.replicas);
    }

    /** The configuration of a trainer; either {@code averagingFrequency} or {@code gradientSharing} is required. */
    public static final class Builder {
        private final Model network;
        private int workers = 2;
        private Method method = DefaultMethods.updates();
        private Method downlink = DefaultMethods.means();
        private long seed = 1;
        /** Null before it is set. */
        private Boolean sharing;
        private UnaryOperator<EdenTraining.Builder> training = builder -> builder;
        private Consumer<RoundStatistics> onRound = _ -> {};

        private Builder(Model network) {
            this.network = Objects.requireNonNull(network);
        }

        private Builder with(UnaryOperator<EdenTraining.Builder> term) {
            UnaryOperator<EdenTraining.Builder> before = training;
            training = builder -> term.apply(before.apply(builder));
            return this;
        }

        /** Sets the number of replicas, including the network itself; 2 by default. */
        public Builder workers(int workers) {
            if (workers < 1) {
                throw new IllegalArgumentException("workers must be at least 1, got " + workers);
            }
            this.workers = workers;
            return this;
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

        /** Sets the seed of rotations and of each thread's random numbers; 1 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** See {@link EdenTraining.Builder#averagingFrequency}. */
        public Builder averagingFrequency(int steps) {
            sharing = false;
            return with(builder -> builder.averagingFrequency(steps));
        }

        /** See {@link EdenTraining.Builder#gradientSharing}. */
        public Builder gradientSharing() {
            sharing = true;
            return with(EdenTraining.Builder::gradientSharing);
        }

        /** See {@link EdenTraining.Builder#averageUpdaters}. */
        public Builder averageUpdaters(boolean average) {
            return with(builder -> builder.averageUpdaters(average));
        }

        /** See {@link EdenTraining.Builder#averageAtEpochEnd}. */
        public Builder averageAtEpochEnd(boolean average) {
            return with(builder -> builder.averageAtEpochEnd(average));
        }

        /** See {@link EdenTraining.Builder#rules(String)}. */
        public Builder rules(String rules) {
            LayerRules parsed = LayerRules.parse(rules);
            return with(builder -> builder.rules(parsed));
        }

        /** See {@link EdenTraining.Builder#errorFeedback}. */
        public Builder errorFeedback() {
            return with(EdenTraining.Builder::errorFeedback);
        }

        /** See {@link EdenTraining.Builder#metrics}; each replica is measured as a separate member. */
        public Builder metrics(TrainingMetrics metrics) {
            return with(builder -> builder.metrics(metrics));
        }

        /** Calls {@code consumer} after each round, in the thread of one of the replicas: it must not block. */
        public Builder onRound(Consumer<RoundStatistics> consumer) {
            onRound = Objects.requireNonNull(consumer);
            return this;
        }

        /**
         * Builds a trainer; its first fit makes the replicas.
         *
         * @throws IllegalStateException if neither averaging nor sharing was chosen, or the network is already in a job
         * @throws IllegalArgumentException if the network's parameters cannot be exchanged, with the reason and the
         *         cure
         */
        public EdenParallelTrainer build() {
            if (sharing == null) {
                throw new IllegalStateException(
                        "no training mode was chosen: call averagingFrequency(STEPS) or gradientSharing()");
            }
            TrainedNetwork trained = NetworkCheck.parameters(network);
            if (sharing) {
                NetworkCheck.gradients(trained);
            }
            NetworkCheck.notInAnyJob(trained);
            return new EdenParallelTrainer(this);
        }
    }
}
