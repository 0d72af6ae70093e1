package org.eden4j.dl4j;

import java.io.File;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.metrics.TrainingMetrics;
import org.eden4j.transport.Worker;
import org.eden4j.transport.WorkerBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.local.LocalJob;

/**
 * A network's membership in a job. From {@link Builder#join} to {@link #close}, everything that trains the network
 * trains it together with the replicas of the other members. Works for {@code MultiLayerNetwork} and
 * {@code ComputationGraph} with FLOAT parameters.
 *
 * <pre>{@code
 * try (var eden = EdenTraining.builder(net).job("udp:host:7400").averagingFrequency(10).join()) {
 *     net.fit(data, epochs);
 * }
 * }</pre>
 *
 * <p>At the start the network adopts the parameters, the updater state and the iteration and epoch counts of the job's
 * first member, or their current values if the job is already under way. {@link LayerRules} determine how each
 * parameter is compressed. A network that cannot take part is rejected before it joins. The other members do not wait
 * for one whose network takes no steps because its batches are used up or it is evaluated or saved, see
 * {@link Builder#pauseAfter}. {@link #close} exchanges the changes since the last round and leaves the job; the network
 * then trains alone.
 *
 * <p>For failures, memory and threads see {@link EdenListener}, which this class uses and which serves programs that
 * create their own {@link Worker}.
 */
public final class EdenTraining implements AutoCloseable {
    private final TrainedNetwork network;
    private final Member member;
    private final EdenListener listener;
    private boolean closed;

    private EdenTraining(TrainedNetwork network, Member member, EdenListener listener) {
        this.network = network;
        this.member = member;
        this.listener = listener;
    }

    /**
     * Starts the configuration of a network's membership.
     *
     * @param network an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     */
    public static Builder builder(Model network) {
        return new Builder(network);
    }

    /** Returns the job member of this network, with its number, round and terms. */
    public Member worker() {
        return member;
    }

    /** Returns the listener that exchanges updates. */
    EdenListener listener() {
        return listener;
    }

    /**
     * Exchanges the changes since the last round, so that all replicas are equal. All members must call it at the same
     * step. Does nothing if there is nothing to exchange.
     *
     * @throws IllegalStateException as {@link EdenListener#finish}
     */
    public void exchangeRest() {
        listener.finish();
    }

    /**
     * Announces that the network takes no steps for now, so that rounds do not wait for this member until its next
     * exchange. A member whose network takes no steps pauses by itself after a while, see {@link Builder#pauseAfter}.
     *
     * @throws org.eden4j.transport.job.TransportException if the job has failed
     */
    public void pause() {
        listener.pause();
    }

    /** Returns the exception that ended training, if any; DL4J's early stopping hides it. */
    public Optional<RuntimeException> failure() {
        return listener.failure();
    }

    /**
     * Exchanges the changes since the last round and leaves the job; the others continue.
     *
     * @throws IllegalStateException as {@link EdenListener#finish}; the member has then left the job nevertheless
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        listener.leave();
        try (member) {
            listener.finish();
        } finally {
            network.remove(listener);
        }
    }

    /**
     * Leaves the job without an exchange, for a program that discards the changes since the last round, such as a task
     * that was cancelled or failed and will be repeated. Does nothing after {@link #close}.
     */
    public void abandon() {
        if (closed) {
            return;
        }
        closed = true;
        listener.leave();
        member.close();
        network.remove(listener);
    }

    /**
     * The configuration of a membership; of several calls of one setter the last counts. {@code job} is required, and
     * either {@code averagingFrequency} or {@code gradientSharing}.
     */
    public static final class Builder {
        private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(30);

        private final Model network;
        /** Exactly one of address and local is set. */
        private JobAddress address;
        private LocalJob local;
        /** Null for the job's method. */
        private Method method;
        /** 0 for gradient sharing, -1 before it is set. */
        private int averagingFrequency = -1;
        private boolean averageUpdaters;
        private boolean averageAtEpochEnd;
        private LayerRules rules = LayerRules.standard();
        private boolean errorFeedback;
        private boolean insecure;
        private File checkpoint;
        private int index = -1;
        private Long identity;
        private Duration joinTimeout = JOIN_TIMEOUT;
        private int mtu;
        /** Null for a fraction of the job's deadline. */
        private Duration pauseAfter;
        private Consumer<RoundResult> onRound = _ -> {};
        /** Null if exchanges are not measured. */
        private TrainingMetrics metrics;

        private Builder(Model network) {
            this.network = Objects.requireNonNull(network);
        }

        /** Sets the address of the job, such as {@code udp:host:7400}, see {@link JobAddress#parse}. */
        public Builder job(String address) {
            return job(JobAddress.parse(address));
        }

        /** Sets the address of the job. */
        public Builder job(JobAddress address) {
            this.address = address;
            local = null;
            return this;
        }

        /**
         * Sets a job within this JVM, where each member trains in its own thread. The settings of addresses have no
         * effect on it, nor has {@link #identity}.
         */
        public Builder job(LocalJob job) {
            local = Objects.requireNonNull(job);
            address = null;
            return this;
        }

        /**
         * Sets the compression method of updates, such as {@code eden:bits=4}. By default the aggregator's; any other
         * is rejected.
         */
        public Builder method(String method) {
            this.method = Method.parse(method);
            return this;
        }

        /**
         * Trains by parameter averaging, see {@link EdenListener#parameterAveraging}.
         *
         * @param steps steps between two exchanges, at least 1, the same for all members
         */
        public Builder averagingFrequency(int steps) {
            if (steps < 1) {
                throw new IllegalArgumentException("averaging frequency must be at least 1 step, got " + steps);
            }
            averagingFrequency = steps;
            return this;
        }

        /** Trains by gradient sharing, see {@link EdenListener#gradientSharing}. */
        public Builder gradientSharing() {
            averagingFrequency = 0;
            return this;
        }

        /**
         * Sets whether averaging includes the updater state, as DL4J's own averaging does, so that replicas continue
         * with equal momentum and moments. The state travels as float32: for Adam 64 more bits per parameter in each
         * direction. By default each replica keeps its own. Gradient sharing keeps it equal anyway.
         */
        public Builder averageUpdaters(boolean average) {
            averageUpdaters = average;
            return this;
        }

        /**
         * Sets whether to exchange at the end of each epoch as well, see {@link EdenListener#averageAtEpochEnd}; false
         * by default.
         */
        public Builder averageAtEpochEnd(boolean average) {
            averageAtEpochEnd = average;
            return this;
        }

        /**
         * Sets the compression method of each layer's parameters by rules that follow the standard ones;
         * {@link LayerRules} has the syntax.
         */
        public Builder rules(String rules) {
            return rules(LayerRules.parse(rules));
        }

        /** Sets the compression method of each layer's parameters; {@link LayerRules#standard} by default. */
        public Builder rules(LayerRules rules) {
            this.rules = Objects.requireNonNull(rules);
            return this;
        }

        /** Adds the compression error of earlier updates to each update, see {@link WorkerBuilder#errorFeedback}. */
        public Builder errorFeedback() {
            errorFeedback = true;
            return this;
        }

        /**
         * Resumes from a network that {@code ModelSerializer} or a {@code CheckpointListener} has saved with its
         * updater: parameters, updater state, iteration and epoch. The file is read before the network joins; all
         * members of a new job start from the first member's state.
         */
        public Builder resumeFrom(File file) {
            checkpoint = file;
            return this;
        }

        /** Requests this worker number, see {@link WorkerBuilder#index}. */
        public Builder index(int index) {
            this.index = index;
            return this;
        }

        /** Identifies this member across processes, see {@link WorkerBuilder#identity}. */
        public Builder identity(long identity) {
            this.identity = identity;
            return this;
        }

        /** Sets how long to look for the aggregator, see {@link WorkerBuilder#joinTimeout}. */
        public Builder joinTimeout(Duration timeout) {
            joinTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /** Sets Aeron's MTU, see {@link WorkerBuilder#mtu}. */
        public Builder mtu(int mtu) {
            this.mtu = mtu;
            return this;
        }

        /** Allows an address that a network can reach without a key, see {@link WorkerBuilder#insecure}. */
        public Builder insecure() {
            insecure = true;
            return this;
        }

        /**
         * Sets how long the network may take no step before the others continue without it, see
         * {@link EdenListener#pauseAfter}.
         */
        public Builder pauseAfter(Duration time) {
            pauseAfter = Objects.requireNonNull(time);
            return this;
        }

        /** Calls {@code consumer} after each round, in the training thread. */
        public Builder onRound(Consumer<RoundResult> consumer) {
            onRound = Objects.requireNonNull(consumer);
            return this;
        }

        /** Measures each exchange, see {@link TrainingMetrics}. */
        public Builder metrics(TrainingMetrics metrics) {
            this.metrics = Objects.requireNonNull(metrics);
            return this;
        }

        /**
         * Checks the network, joins the job, waits for the other members, makes the network a replica, and adds a
         * listener to it.
         *
         * @throws IllegalArgumentException if the network cannot take part or the checkpoint belongs to another
         *         network, with the reason and the cure
         * @throws IllegalStateException if a required setting is missing, or the network is already in a job
         * @throws org.eden4j.transport.job.TransportException as {@link WorkerBuilder#join}
         */
        public EdenTraining join() {
            if (address == null && local == null) {
                throw new IllegalStateException(
                        "no job was named: call job(\"udp:HOST:PORT\"), the aggregator's address");
            }
            if (averagingFrequency < 0) {
                throw new IllegalStateException("no training mode was chosen: call averagingFrequency(STEPS) or"
                        + " gradientSharing(), the same on all members");
            }
            boolean averaging = averagingFrequency > 0;
            TrainingTerms terms = new TrainingTerms(averagingFrequency, averageUpdaters && averaging,
                    averageAtEpochEnd && averaging, rules);
            TrainedNetwork trained = terms.check(network);
            NetworkCheck.notInAnyJob(trained);
            if (checkpoint != null) {
                Checkpoint.restore(checkpoint, trained);
            }
            Member member = local != null ? joinLocally(terms, trained)
                    : wish(terms.worker(address, jobMethod(), trained)).join();
            try {
                EdenListener listener = terms.listener(Exchange.of(member)).onRound(onRound);
                if (pauseAfter != null) {
                    listener.pauseAfter(pauseAfter);
                }
                if (metrics != null) {
                    listener.metrics(metrics.member(member.index(), terms.layout(member.method(), trained)));
                }
                listener.replicate(network);
                network.addListeners(listener);
                return new EdenTraining(trained, member, listener);
            } catch (RuntimeException e) {
                member.close();
                throw e;
            }
        }

        private Member joinLocally(TrainingTerms terms, TrainedNetwork trained) {
            if (method != null && !method.equals(local.method())) {
                throw new JoinRejectedException(RejectCode.METHOD,
                        "method " + method + " differs from the job's " + local.method());
            }
            LocalJob.Joining joining = terms.member(local, local.method(), trained);
            if (errorFeedback) {
                joining.errorFeedback();
            }
            if (index >= 0) {
                joining.index(index);
            }
            return joining.join();
        }

        private Method jobMethod() {
            return method != null ? method : Worker.offer(address, joinTimeout, insecure).method();
        }

        private WorkerBuilder wish(WorkerBuilder wish) {
            if (errorFeedback) {
                wish.errorFeedback();
            }
            if (insecure) {
                wish.insecure();
            }
            if (index >= 0) {
                wish.index(index);
            }
            if (identity != null) {
                wish.identity(identity);
            }
            wish.joinTimeout(joinTimeout);
            if (mtu > 0) {
                wish.mtu(mtu);
            }
            return wish;
        }
    }
}
