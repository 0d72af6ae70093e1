package org.eden4j.dl4j;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.metrics.MemberMetrics;
import org.eden4j.transport.Worker;
import org.eden4j.transport.WorkerBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Member;
import org.eden4j.transport.job.RoundResult;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a network one of several equal replicas that train together, each on its own share of the data. For programs
 * that create their own {@link Worker}; {@link EdenTraining} does everything for the others. Works for
 * {@code MultiLayerNetwork} and {@code ComputationGraph} with FLOAT parameters.
 *
 * <pre>{@code
 * try (Worker worker = EdenListener.averagingWorker(address, method, net, 10).join()) {
 *     EdenListener eden = EdenListener.parameterAveraging(worker, 10, net);
 *     net.addListeners(eden);
 *     net.fit(myShare, epochs);
 *     eden.finish();
 * }
 * }</pre>
 *
 * <p>At the start the network adopts the parameters of the job's first member. A network that joins a job under way, or
 * returns to one, adopts their current values. It does so at once if a factory is given the network, and otherwise
 * before its first step. From then on all replicas take the same number of steps, each together with the others: a
 * round waits for all members until its deadline, but not for a member whose network takes no steps because its batches
 * are used up or it is evaluated, see {@link #pauseAfter}.
 *
 * <p>An exception that ends a round also ends {@code fit()}: {@code TransportException} with the reason if the job
 * failed, {@link IllegalStateException} naming the parameter if the network diverged. Some of DL4J's loops, notably
 * early stopping, catch what {@code fit()} throws and fail with an exception of their own. Therefore the reason is
 * logged, {@link #failure} returns it, and {@link #finish} throws it again: {@code try { trainer.fit(); } finally {
 * eden.finish(); }} shows it.
 *
 * <p>If a replica adopts other parameters in the middle of a step, its gradient is computed a second time, from the
 * same recurrent state and the same random numbers of ND4J.
 *
 * <p>One listener serves one network and one worker, in the training thread; add it before listeners that evaluate or
 * save the network. Parameter averaging keeps three copies of the parameters off the heap, and a fourth for a network
 * whose constraints change them; gradient sharing allocates copies only while a replica resynchronises. The caller
 * closes the worker.
 */
public abstract sealed class EdenListener extends BaseTrainingListener permits ParameterAveraging, GradientSharing {
    private static final Logger LOG = LoggerFactory.getLogger(EdenListener.class);

    private final Exchange exchange;
    private final Attendance attendance;
    private final StepStart stepStart = new StepStart();
    private Consumer<RoundResult> onRound = _ -> {};
    private boolean averageAtEpochEnd;
    /** Null until the network is a replica. */
    private TrainedNetwork network;
    /** Number of the next step, provided that this listener sees every step. */
    private int nextIteration;
    private boolean following;
    /** Null if exchanges are not measured. */
    private MemberMetrics metrics;
    private volatile RuntimeException failure;

    EdenListener(Exchange exchange) {
        this.exchange = exchange;
        attendance = new Attendance(exchange);
    }

    /**
     * Creates a listener that averages parameters: each replica trains by itself, and every {@code every} steps the
     * changes since the last exchange are averaged, weighted by their numbers of examples. All replicas continue from
     * the same parameters, equal bit for bit. Each replica keeps its own updater state (momentum, Adam's moments); one
     * that joins a job under way, or has fallen behind, adopts another replica's, with its iteration and epoch. The
     * network's constraints hold after each exchange.
     *
     * <p>Coordinates of a change that did not arrive in time are sent again as part of the next change.
     *
     * @param every steps between two exchanges, at least 1, the same for all workers
     */
    public static EdenListener parameterAveraging(Member member, int every) {
        return new ParameterAveraging(Exchange.of(member), every);
    }

    /**
     * As {@link #parameterAveraging(Member, int)}, for this network, which becomes a replica at once: waits for the
     * other members, and computes no step twice.
     *
     * @throws IllegalArgumentException as {@link #checkParameterAveraging}, or if the worker joined for another number
     *         of parameters
     */
    public static EdenListener parameterAveraging(Member member, int every, Model network) {
        return new ParameterAveraging(Exchange.of(member), every).replicate(network);
    }

    /**
     * Creates a listener that shares gradients: at every step the gradients are averaged, weighted by their numbers of
     * examples, before clipping and updater see them. Up to compression, this is what one network does with the union
     * of all batches. Replicas stay equal if they run on equal CPUs and ND4J binaries and their batches have equal
     * sizes.
     *
     * <p>A gradient that did not arrive in time is dropped, because it belongs to parameters that no longer exist. A
     * replica that has fallen behind adopts the parameters and updater state of an up-to-date one, and computes its
     * gradient again.
     */
    public static EdenListener gradientSharing(Member member) {
        return new GradientSharing(Exchange.of(member));
    }

    /**
     * As {@link #gradientSharing(Member)}, for this network, which becomes a replica at once: waits for the other
     * members, and does not compute the first step twice.
     *
     * @throws IllegalArgumentException as {@link #checkGradientSharing}, or if the worker joined for another number of
     *         parameters
     */
    public static EdenListener gradientSharing(Member member, Model network) {
        return new GradientSharing(Exchange.of(member)).replicate(network);
    }

    /**
     * Checks that a network can average its parameters. Call it before the worker joins, so that no member waits for
     * one that cannot take part.
     *
     * @throws IllegalArgumentException if the network is neither a {@code MultiLayerNetwork} nor a
     *         {@code ComputationGraph}, or is not initialised, or its parameters are a view or not FLOAT, with the
     *         reason and the cure
     */
    public static void checkParameterAveraging(Model network) {
        NetworkCheck.parameters(network);
    }

    /**
     * Checks that a network can share its gradients. Call it before the worker joins.
     *
     * @throws IllegalArgumentException as {@link #checkParameterAveraging}, or if its updater or its optimization
     *         algorithm does not take one mean gradient per step
     */
    public static void checkGradientSharing(Model network) {
        NetworkCheck.gradients(NetworkCheck.parameters(network));
    }

    /**
     * Returns the arguments with which a worker joins for {@link #parameterAveraging}. Updates have the layout of
     * {@link LayerRules#standard}; the job rejects members that average at other steps or share gradients.
     *
     * @param every steps between exchanges
     * @throws IllegalArgumentException as {@link #checkParameterAveraging}
     */
    public static WorkerBuilder averagingWorker(JobAddress address, Method method, Model network, int every) {
        return worker(new TrainingTerms(every, false, false, LayerRules.standard()), address, method, network);
    }

    /**
     * Returns the arguments with which a worker joins for {@link #gradientSharing}, as {@link #averagingWorker} does.
     *
     * @throws IllegalArgumentException as {@link #checkGradientSharing}
     */
    public static WorkerBuilder sharingWorker(JobAddress address, Method method, Model network) {
        return worker(TrainingTerms.sharing(LayerRules.standard()), address, method, network);
    }

    private static WorkerBuilder worker(TrainingTerms terms, JobAddress address, Method method, Model network) {
        return terms.worker(address, method, terms.check(network));
    }

    /** Calls {@code consumer} after each round, in the training thread. */
    public final EdenListener onRound(Consumer<RoundResult> consumer) {
        onRound = Objects.requireNonNull(consumer);
        return this;
    }

    /**
     * Also exchanges at the end of each epoch of {@code fit(iterator)}, if steps are left over, so that evaluation,
     * checkpoints and early stopping between epochs find all replicas equal. All workers must set it, and their epochs
     * must have equal numbers of steps. No effect under gradient sharing, where replicas are equal after every step.
     */
    public final EdenListener averageAtEpochEnd() {
        averageAtEpochEnd = true;
        return this;
    }

    /**
     * Sets how long the network may take no step before this member pauses, after which rounds do not wait for it until
     * its next exchange, see {@link Worker#pause}. The default is a fifth of the job's deadline after the end of an
     * epoch and half of it elsewhere, but at least twice the mean duration of its rounds. A member that returns after
     * rounds without it adopts the current state of the replicas. If all members pause, as for an evaluation after each
     * epoch, they continue together.
     */
    public final EdenListener pauseAfter(Duration time) {
        attendance.after(time);
        return this;
    }

    /**
     * Pauses at once: rounds do not wait for this member until its next exchange.
     *
     * @throws org.eden4j.transport.job.TransportException if the job has failed
     */
    public final void pause() {
        attendance.pause();
    }

    /** Stops pausing: the member is about to leave the job. */
    final void leave() {
        attendance.close();
    }

    /**
     * Exchanges the changes since the last round, so that all replicas are equal. Call it after the last {@code fit()},
     * and wherever else replicas must be equal, at the same step on each. Does nothing if there is nothing to exchange.
     *
     * @throws IllegalStateException if training has failed, with the reason, even if the exception was caught; or if
     *         the network took steps that this listener has not seen
     */
    public final void finish() {
        if (failure != null) {
            throw new IllegalStateException("this replica has stopped: " + failure.getMessage(), failure);
        }
        if (network == null) {
            LOG.warn(
                    "the listener saw no step before finish(): add it to the network with addListeners() before fit(),"
                            + " and do not call setListeners() afterwards, which removes it");
            return;
        }
        guard(() -> {
            checkNoneMissed();
            exchangeRest();
            nextIteration = network.iteration();
            if (owes()) {
                LOG.warn("the last update of this worker came too late to be counted");
            }
        });
    }

    /** Returns the exception that ended training in this listener, if any; DL4J's early stopping hides it. */
    public final Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public final void onEpochStart(Model trained) {
        guard(() -> {
            joined(trained);
            attendance.epochBegun();
        });
    }

    /** Called before the updater; the first callback of a {@code fit} without epochs. */
    @Override
    public final void onGradientCalculation(Model trained) {
        guard(() -> {
            if (joined(trained)) {
                // the current gradient was computed at parameters that have just been replaced
                computeAgain();
            }
            checkNoneMissed();
            gradientComputed(trained);
            nextIteration = network.iteration();
        });
    }

    @Override
    public final void iterationDone(Model trained, int iteration, int epoch) {
        guard(() -> {
            if (network == null || trained != network.model()) {
                throw another(trained);
            }
            stepDone(trained);
            attendance.stepDone();
            following = false;
            nextIteration = network.iteration() + 1;
            stepStart.next(network);
        });
    }

    @Override
    public final void onEpochEnd(Model trained) {
        if (network == null) {
            return;
        }
        guard(() -> {
            if (averageAtEpochEnd) {
                epochDone();
                nextIteration = network.iteration();
            }
            attendance.epochDone();
        });
    }

    /** Makes a network a replica before it trains. */
    final EdenListener replicate(Model model) {
        NetworkCheck.parameters(model);
        joined(model);
        return this;
    }

    /** Records the exception that ends training, because DL4J may hide it, and the time of the network's last callback. */
    private void guard(Runnable callback) {
        attendance.enter();
        try {
            callback.run();
        } catch (RuntimeException e) {
            if (failure == null) {
                failure = e;
                LOG.error("training of this replica ends: {}", e.getMessage());
            }
            throw e;
        } finally {
            attendance.leave();
        }
    }

    /** Adopts the common parameters at the first call; returns whether this was the first call. */
    private boolean joined(Model trained) {
        if (network != null && network.model() == trained) {
            NetworkCheck.onlyListener(network, this);
            return false;
        }
        if (trained instanceof Layer && !(trained instanceof MultiLayerNetwork)) {
            throw new IllegalStateException("training a single layer, as net.pretrain() does, cannot be shared:"
                    + " pretrain before the listener is added; the other members then adopt the first one's"
                    + " parameters");
        }
        NetworkCheck.notInParallelWrapper();
        if (network != null) {
            throw another(trained);
        }
        TrainedNetwork joining = NetworkCheck.parameters(trained);
        NetworkCheck.onlyListener(joining, this);
        prepare(joining);
        if (coordinates(joining) != exchange.dimension()) {
            throw new IllegalArgumentException(
                    "the network has " + coordinates(joining) + " parameters, but the worker joined for "
                            + exchange.dimension() + ": build the worker with the network's numParams()");
        }
        try {
            share(exchange, joining);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the network cannot be a replica: " + e.getMessage()
                    + ". A worker serves one"
                    + " network and one listener: for a network that was restored, copied or rebuilt, close the"
                    + " worker, join with a new one and create a new listener", e);
        }
        network = joining;
        nextIteration = network.iteration();
        return true;
    }

    private static IllegalStateException another(Model trained) {
        NetworkCheck.notInParallelWrapper();
        return new IllegalStateException("this listener already serves another network, but was called for a "
                + trained.getClass().getSimpleName()
                + " that was restored, copied or built since: close the worker, join"
                + " with a new one and create a new listener");
    }

    /** Checks that the network took no step without this listener, which would make it differ from the other replicas. */
    private void checkNoneMissed() {
        int missed = network.iteration() - nextIteration;
        if (missed > 0) {
            throw new IllegalStateException("the network's iteration count is " + missed
                    + " ahead of the steps that this listener has seen, so it no longer equals the other"
                    + " replicas: setListeners() replaces all listeners, so add others with addListeners(), and set"
                    + " iteration counts before the network joins; to continue, join with a new worker and listener");
        }
    }

    /** Checks a network before it joins. */
    void prepare(TrainedNetwork joining) {}

    /** Makes the network a replica of the job, which adopts the common state. Called once. */
    abstract void share(Exchange exchange, TrainedNetwork joining);

    /**
     * Takes part in a step of the other replicas for which this one has no batch, and counts the step. Called by the
     * training thread between two steps.
     */
    final void missStep() {
        guard(() -> {
            checkNoneMissed();
            network.count(network.iteration() + 1, network.epoch());
            nextIteration = network.iteration();
            stepMissed();
        });
    }

    /** Gives the next step weight 0: its batch is a copy, and this replica only follows the others. */
    final void followNextStep() {
        following = true;
    }

    /** Returns whether the current step has weight 0. */
    final boolean isFollowing() {
        return following;
    }

    /** Called when the others take a step without this replica. */
    void stepMissed() {}

    /** Called when a step's gradient is computed, before the updater sees it. */
    void gradientComputed(Model trained) {}

    /** Called at the end of a step. */
    void stepDone(Model trained) {}

    /** Called at the end of an epoch if replicas must be equal there. */
    void epochDone() {
        exchangeRest();
    }

    /** Returns the number of coordinates of an update of the joining network. */
    long coordinates(TrainedNetwork joining) {
        return joining.parameters().length();
    }

    /** Exchanges the changes since the last round, if any. */
    abstract void exchangeRest();

    /** Returns whether coordinates of the last update are in no mean and wait for the next exchange. */
    abstract boolean owes();

    /** Computes the gradient of the current step again, as if for the first time. */
    final void computeAgain() {
        stepStart.computeAgain(network);
    }

    /** Returns the network, or null before its first step. */
    final TrainedNetwork network() {
        return network;
    }

    /** Runs one round: sends {@code update} and fills {@code mean}. */
    final RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        if (metrics != null) {
            metrics.exchanging(update, exchange.round());
        }
        attendance.exchanging();
        try {
            RoundResult result = exchange.exchange(update, weight, mean);
            if (metrics != null) {
                metrics.exchanged(result);
            }
            return result;
        } finally {
            attendance.exchanged();
        }
    }

    /** Measures each exchange. */
    final EdenListener metrics(MemberMetrics measuring) {
        metrics = measuring;
        return this;
    }

    /** Returns whether a member that has just resynchronised can still take part in the current round. */
    final boolean isInTime(RoundResult result) {
        return result.resynchronised() && result.round() == exchange.round();
    }

    /** Reports a round to the observer, after its mean was applied. */
    final void report(RoundResult result) {
        onRound.accept(result);
    }

    /** Allocates zeroed float32 memory of the job's dimension. */
    final MemorySegment allocate() {
        return Arena.ofAuto().allocate((long) exchange.dimension() * Float.BYTES, Long.BYTES * 8L);
    }

    /** Returns the exception for coordinate {@code index} of an update with the non-finite value {@code value}. */
    final IllegalStateException diverged(String what, long index, float value) {
        String name = "the updater's state";
        for (Map.Entry<String, INDArray> parameter : network.model().paramTable().entrySet()) {
            long first = parameter.getValue().offset();
            if (index >= first && index < first + parameter.getValue().length()) {
                name = parameter.getKey();
            }
        }
        return new IllegalStateException("training diverged: the " + what + " of parameter " + index + ", in " + name
                + ", is " + value + ": lower the learning rate or clip gradients; nothing was sent");
    }
}
