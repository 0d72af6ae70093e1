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
 * A network's membership in a job: from {@link Builder#join} until {@link #close} whatever trains the network trains it
 * together with the replicas of the other members. Works for {@code MultiLayerNetwork} and {@code ComputationGraph} with
 * FLOAT parameters.
 *
 * <pre>{@code
 * try (var eden = EdenTraining.builder(net).job("udp:host:7400").averagingFrequency(10).join()) {
 *     net.fit(data, epochs);
 * }
 * }</pre>
 *
 * <p>At the start the network takes over the parameters, the updater's state and the numbers of iteration and epoch of the
 * job's first member; if it joins a job under way, it takes over their current values. Its parameters travel as {@link LayerRules} say. What
 * cannot take part is refused before it joins. A member whose network takes no steps, because it has no more batches, is
 * evaluated or saved, is not waited for, see {@link Builder#pauseAfter}. {@link #close} exchanges what has been learnt since the last round and leaves;
 * the network then trains alone.
 *
 * <p>Failures, memory and threads: see {@link EdenListener}, which does the work and serves those who bring a
 * {@link Worker} of their own.
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
     * Starts the terms of a network's training.
     *
     * @param network an initialised {@code MultiLayerNetwork} or {@code ComputationGraph}
     */
    public static Builder builder(Model network) {
        return new Builder(network);
    }

    /** The member of the job that this network is: its number, round and terms. */
    public Member worker() {
        return member;
    }

    /** What exchanges. */
    EdenListener listener() {
        return listener;
    }

    /**
     * Exchanges what has been learnt since the last round, so that all replicas are equal: at the same step on each. Does nothing
     * if there is nothing to exchange.
     *
     * @throws IllegalStateException as {@link EdenListener#finish}
     */
    public void exchangeRest() {
        listener.finish();
    }

    /**
     * Says that the network is not trained for now, so that the others do not wait for this member: until its next exchange. A
     * member whose network takes no steps says so by itself after a while, see {@link Builder#pauseAfter}.
     *
     * @throws org.eden4j.transport.job.TransportException if the job has failed
     */
    public void pause() {
        listener.pause();
    }

    /** What has ended training, if anything has; DL4J's early stopping hides it. */
    public Optional<RuntimeException> failure() {
        return listener.failure();
    }

    /**
     * Exchanges what has been learnt since the last round, and leaves the job; the others go on.
     *
     * @throws IllegalStateException as {@link EdenListener#finish}; the job is left all the same
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
     * Leaves the job without an exchange: for a program that gives up what its network has learnt since the last round, such as a
     * task that was cancelled or failed, and that another one repeats. Does nothing after {@link #close}.
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
     * The terms of a network's training; what is said last of one term holds. {@code job} must be said, and one of
     * {@code averagingFrequency} and {@code gradientSharing}.
     */
    public static final class Builder {
        private static final Duration LOOK_FOR_JOB = Duration.ofSeconds(30);

        private final Model network;
        /** One of the two is null. */
        private JobAddress address;
        private LocalJob local;
        /** Null for the job's. */
        private Method method;
        /** 0 for gradient sharing, -1 before it is said. */
        private int averagingFrequency = -1;
        private boolean averageUpdaters;
        private boolean averageAtEpochEnd;
        private LayerRules rules = LayerRules.standard();
        private boolean errorFeedback;
        private boolean insecure;
        private File checkpoint;
        private int index = -1;
        private Long identity;
        private Duration joinTimeout = LOOK_FOR_JOB;
        private int mtu;
        /** Null for parts of the job's deadline. */
        private Duration pauseAfter;
        private Consumer<RoundResult> onRound = _ -> {};
        /** Null where nothing is measured. */
        private TrainingMetrics metrics;

        private Builder(Model network) {
            this.network = Objects.requireNonNull(network);
        }

        /** Where the job meets, such as {@code udp:host:7400}, see {@link JobAddress#parse}. */
        public Builder job(String address) {
            return job(JobAddress.parse(address));
        }

        /** Where the job meets. */
        public Builder job(JobAddress address) {
            this.address = address;
            local = null;
            return this;
        }

        /**
         * The job of this JVM, where each member trains in a thread of its own: it has no address, so that nothing is to be said
         * of that, and it knows no {@link #identity}.
         */
        public Builder job(LocalJob job) {
            local = Objects.requireNonNull(job);
            address = null;
            return this;
        }

        /** How updates are compressed, such as {@code eden:bits=4}: by default as the aggregator was told; another is refused. */
        public Builder method(String method) {
            this.method = Method.parse(method);
            return this;
        }

        /**
         * Trains by parameter averaging, see {@link EdenListener#parameterAveraging}.
         *
         * @param steps between exchanges, at least 1, the same for all members
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
         * Whether averaging includes the updater's state, as DL4J's own does: replicas go on with equal momentum and equal
         * moments. It travels as float32, Adam's as 64 bits a parameter more each way. By default each replica keeps its own. Under gradient
         * sharing it is equal anyway.
         */
        public Builder averageUpdaters(boolean average) {
            averageUpdaters = average;
            return this;
        }

        /** Whether to exchange at the end of each epoch as well, see {@link EdenListener#averageAtEpochEnd}; by default not. */
        public Builder averageAtEpochEnd(boolean average) {
            averageAtEpochEnd = average;
            return this;
        }

        /** How the parameters of each layer travel, after the standard rules; see {@link LayerRules} for the text. */
        public Builder rules(String rules) {
            return rules(LayerRules.parse(rules));
        }

        /** How the parameters of each layer travel; {@link LayerRules#standard} by default. */
        public Builder rules(LayerRules rules) {
            this.rules = Objects.requireNonNull(rules);
            return this;
        }

        /** Adds to each update what compression left of earlier ones, see {@link WorkerBuilder#errorFeedback}. */
        public Builder errorFeedback() {
            errorFeedback = true;
            return this;
        }

        /**
         * Goes on from a network that {@code ModelSerializer} or a {@code CheckpointListener} has saved with its updater: parameters,
         * updater's state, iteration and epoch. It is read before the network joins; all members of a job that begins go on from
         * the first one's.
         */
        public Builder resumeFrom(File file) {
            checkpoint = file;
            return this;
        }

        /** The worker number to ask for, see {@link WorkerBuilder#index}. */
        public Builder index(int index) {
            this.index = index;
            return this;
        }

        /** Names this member across its processes, see {@link WorkerBuilder#identity}. */
        public Builder identity(long identity) {
            this.identity = identity;
            return this;
        }

        /** How long to look for the aggregator, see {@link WorkerBuilder#joinTimeout}. */
        public Builder joinTimeout(Duration timeout) {
            joinTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /** Aeron's MTU, see {@link WorkerBuilder#mtu}. */
        public Builder mtu(int mtu) {
            this.mtu = mtu;
            return this;
        }

        /** Allows an address that a network reaches, see {@link WorkerBuilder#insecure}. */
        public Builder insecure() {
            insecure = true;
            return this;
        }

        /** How long the network may take no step before the others go on without it, see {@link EdenListener#pauseAfter}. */
        public Builder pauseAfter(Duration time) {
            pauseAfter = Objects.requireNonNull(time);
            return this;
        }

        /** Calls {@code consumer} after each round, in the thread that trains. */
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
         * Checks the network, joins, makes the network a replica, for which it waits for the other members, and adds a listener
         * to it.
         *
         * @throws IllegalArgumentException with the reason and the cure, if the network cannot take part or the checkpoint is another network's
         * @throws IllegalStateException if a term that must be said is not, or the network is in a job already
         * @throws org.eden4j.transport.job.TransportException as {@link WorkerBuilder#join}
         */
        public EdenTraining join() {
            if (address == null && local == null) {
                throw new IllegalStateException(
                        "no job was named: call job(\"udp:HOST:PORT\"), the aggregator's address");
            }
            if (averagingFrequency < 0) {
                throw new IllegalStateException("no way to train was chosen: call averagingFrequency(STEPS) or"
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
