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
 * Makes a network one of several equal replicas that learn together, each from its own share of the data: for programs that
 * bring a {@link Worker} of their own, {@link EdenTraining} does everything for others. Works for {@code MultiLayerNetwork} and
 * {@code ComputationGraph} with FLOAT parameters.
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
 * <p>At the start the network takes over the parameters of the job's first member; where it joins a job under way, or comes back to
 * one that has gone on, it takes over their current values: at once where a factory is given the network, before its first step
 * otherwise.
 * From then on all replicas take the same number of steps, each with the others: a round waits for all up to its deadline. It
 * does not wait for a member whose network takes no steps, because it has no more batches or is evaluated: see
 * {@link #pauseAfter}.
 *
 * <p>Whatever ends a round ends {@code fit()} with it: {@code TransportException} with the reason if the job failed,
 * {@link IllegalStateException} naming the parameter if the network diverged. Some of DL4J's loops, early stopping above
 * all, catch what {@code fit()} throws and fail with an exception of their own: the reason is logged, {@link #failure}
 * has it, and {@link #finish} throws it again, so that {@code try { trainer.fit(); } finally { eden.finish(); }} shows it.
 *
 * <p>A gradient is computed twice where a replica has taken over other parameters in the middle of a step: from the same
 * recurrent state and the same random numbers of ND4J.
 *
 * <p>One listener serves one network and one worker, in the thread that trains; add it before listeners that evaluate or
 * save the network. Parameter averaging
 * keeps three more copies of the parameters off the heap (four for a network whose constraints change them), gradient
 * sharing none but while a replica is brought up to the others. The worker is the caller's to close.
 */
public abstract sealed class EdenListener extends BaseTrainingListener permits ParameterAveraging, GradientSharing {
    private static final Logger LOG = LoggerFactory.getLogger(EdenListener.class);

    private final Exchange exchange;
    private final Attendance attendance;
    private final StepStart stepStart = new StepStart();
    private Consumer<RoundResult> onRound = _ -> {};
    private boolean averageAtEpochEnd;
    /** Null before the network is a replica. */
    private TrainedNetwork network;
    /** The number of the step that comes next, if this listener sees every step. */
    private int nextIteration;
    private boolean following;
    /** Null where nothing is measured. */
    private MemberMetrics metrics;
    private volatile RuntimeException failure;

    EdenListener(Exchange exchange) {
        this.exchange = exchange;
        attendance = new Attendance(exchange);
    }

    /**
     * Each replica trains by itself; every {@code every} steps the changes since the last exchange are averaged, weighted
     * by the number of examples they come from, and all replicas go on from the same parameters, equal bit for bit. The
     * updater's state (momentum, Adam's moments) stays each replica's own; one that joins a job under way, or has fallen
     * behind, goes on with another's, and with its iteration and epoch. The network's constraints hold after each
     * exchange.
     *
     * <p>What of a change did not arrive in time, all or some coordinates, is sent again as part of the next one.
     *
     * @param every steps between exchanges, at least 1, the same for all workers
     */
    public static EdenListener parameterAveraging(Member member, int every) {
        return new ParameterAveraging(Exchange.of(member), every);
    }

    /**
     * As {@link #parameterAveraging(Member, int)}, for this network, which becomes a replica at once: waits for the other
     * members, and no step is computed twice.
     *
     * @throws IllegalArgumentException as {@link #checkParameterAveraging}, or if the worker joined for another number of
     *         parameters
     */
    public static EdenListener parameterAveraging(Member member, int every, Model network) {
        return new ParameterAveraging(Exchange.of(member), every).replicate(network);
    }

    /**
     * At every step the gradients are averaged, weighted by their number of examples, before clipping and updater see
     * them: what one network would do with the union of all batches, up to compression. Replicas stay equal where they
     * run on equal CPUs and ND4J binaries and take batches of equal size.
     *
     * <p>A gradient that did not arrive in time is dropped: it belongs to parameters that are gone. A replica that has fallen
     * behind takes over parameters and updater state of one that has not, and computes its gradient again.
     */
    public static EdenListener gradientSharing(Member member) {
        return new GradientSharing(Exchange.of(member));
    }

    /**
     * As {@link #gradientSharing(Member)}, for this network, which becomes a replica at once: waits for the other members,
     * and the first step is not computed twice.
     *
     * @throws IllegalArgumentException as {@link #checkGradientSharing}, or if the worker joined for another number of
     *         parameters
     */
    public static EdenListener gradientSharing(Member member, Model network) {
        return new GradientSharing(Exchange.of(member)).replicate(network);
    }

    /**
     * Says whether a network can average its parameters; call it before the worker joins, so that no member waits for one
     * that cannot take part.
     *
     * @throws IllegalArgumentException with the reason and the cure, if it is not a {@code MultiLayerNetwork} or
     *         {@code ComputationGraph}, is not initialised, or its parameters are not FLOAT or a view
     */
    public static void checkParameterAveraging(Model network) {
        NetworkCheck.parameters(network);
    }

    /**
     * Says whether a network can share its gradients; call it before the worker joins.
     *
     * @throws IllegalArgumentException as {@link #checkParameterAveraging}, or if its updater or its optimization
     *         algorithm does not take one mean gradient per step
     */
    public static void checkGradientSharing(Model network) {
        NetworkCheck.gradients(NetworkCheck.parameters(network));
    }

    /**
     * The arguments of the join of a worker for {@link #parameterAveraging}: updates travel as {@link LayerRules#standard} say, and members
     * that average at other steps, or share gradients, are refused.
     *
     * @param every steps between exchanges
     * @throws IllegalArgumentException as {@link #checkParameterAveraging}
     */
    public static WorkerBuilder averagingWorker(JobAddress address, Method method, Model network, int every) {
        return worker(new TrainingTerms(every, false, false, LayerRules.standard()), address, method, network);
    }

    /**
     * The arguments of the join of a worker for {@link #gradientSharing}, as {@link #averagingWorker}.
     *
     * @throws IllegalArgumentException as {@link #checkGradientSharing}
     */
    public static WorkerBuilder sharingWorker(JobAddress address, Method method, Model network) {
        return worker(TrainingTerms.sharing(LayerRules.standard()), address, method, network);
    }

    private static WorkerBuilder worker(TrainingTerms terms, JobAddress address, Method method, Model network) {
        return terms.worker(address, method, terms.check(network));
    }

    /** Calls {@code consumer} after each round, in the thread that trains. */
    public final EdenListener onRound(Consumer<RoundResult> consumer) {
        onRound = Objects.requireNonNull(consumer);
        return this;
    }

    /**
     * Also exchanges at the end of each epoch of {@code fit(iterator)} that has steps left over, so that evaluation,
     * checkpoints and early stopping between epochs find all replicas equal; the same for all workers, whose epochs need
     * as many steps each. Under gradient sharing replicas are equal after every step, and this changes nothing.
     */
    public final EdenListener averageAtEpochEnd() {
        averageAtEpochEnd = true;
        return this;
    }

    /**
     * How long the network may take no step before this member pauses, so that rounds do not wait for it until its next
     * exchange, see {@link Worker#pause}. By default a fifth of the job's deadline where an epoch has ended, half of it
     * elsewhere; always twice as long as its rounds take, at least. A member that comes back after rounds without it takes over
     * the current state of the replicas. Where all pause, as for an evaluation after each epoch, they go on together.
     */
    public final EdenListener pauseAfter(Duration time) {
        attendance.after(time);
        return this;
    }

    /**
     * Pauses at once: the network is not trained for now, and rounds do not wait for this member until its next exchange.
     *
     * @throws org.eden4j.transport.job.TransportException if the job has failed
     */
    public final void pause() {
        attendance.pause();
    }

    /** The member is about to leave the job: it pauses no more. */
    final void leave() {
        attendance.close();
    }

    /**
     * Exchanges what has been learnt since the last round, so that all replicas are equal: call it after the last
     * {@code fit()}, and wherever else all replicas are to be equal, at the same step on each. Does nothing if there is
     * nothing to exchange.
     *
     * @throws IllegalStateException if training has failed, with the reason, whoever has caught it; or if the network took
     *         steps that this listener has not seen
     */
    public final void finish() {
        if (failure != null) {
            throw new IllegalStateException("this replica has stopped: " + failure.getMessage(), failure);
        }
        if (network == null) {
            LOG.warn(
                    "the listener was finished before any step: add it to the network with addListeners() before fit(),"
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

    /** What has ended training in this listener, if anything has; DL4J's early stopping hides it. */
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

    /** Comes before the updater; the first call of a {@code fit} without epochs. */
    @Override
    public final void onGradientCalculation(Model trained) {
        guard(() -> {
            if (joined(trained)) {
                // the gradient at hand was taken at parameters that have just been replaced
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

    /** Remembers what ends training, for those whom DL4J does not tell, and when the network was seen last. */
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

    /** Takes over the common parameters if this has not happened yet, and says whether it did so now. */
    private boolean joined(Model trained) {
        if (network != null && network.model() == trained) {
            NetworkCheck.onlyListener(network, this);
            return false;
        }
        if (trained instanceof Layer && !(trained instanceof MultiLayerNetwork)) {
            throw new IllegalStateException("a single layer is trained, as net.pretrain() does, which cannot be shared:"
                    + " pretrain before the listener is added; the other members then take over the first one's"
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
                    "the network has " + coordinates(joining) + " parameters, the worker joined for "
                            + exchange.dimension() + ": build the worker with the network's numParams()");
        }
        try {
            share(exchange, joining);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("the network cannot be a replica: " + e.getMessage()
                    + ". A worker serves one"
                    + " network and one listener: for a network that was restored, copied or built anew, close the"
                    + " worker, join with a new one and make a new listener", e);
        }
        network = joining;
        nextIteration = network.iteration();
        return true;
    }

    private static IllegalStateException another(Model trained) {
        NetworkCheck.notInParallelWrapper();
        return new IllegalStateException("this listener serves another network already, and is called for a "
                + trained.getClass().getSimpleName()
                + " that was restored, copied or built since: close the worker, join"
                + " with a new one and make a new listener");
    }

    /** Steps that the network takes alone make it another than the other replicas. */
    private void checkNoneMissed() {
        int missed = network.iteration() - nextIteration;
        if (missed > 0) {
            throw new IllegalStateException("the network's iteration count is " + missed
                    + " ahead of the steps that this listener has seen, so that it is no longer equal to the other"
                    + " replicas: setListeners() replaces all listeners, add others with addListeners(), and set"
                    + " iteration counts before the network joins; to go on, join with a new worker and listener");
        }
    }

    /** Checks a network before it joins. */
    void prepare(TrainedNetwork joining) {}

    /** Makes the network one of the job's replicas: it takes over what they have in common. Called once. */
    abstract void share(Exchange exchange, TrainedNetwork joining);

    /**
     * The other replicas take a step for which this one has no batch: it takes part in their exchange, and counts the step. For
     * the thread that trains, between two steps.
     */
    final void missStep() {
        guard(() -> {
            checkNoneMissed();
            network.count(network.iteration() + 1, network.epoch());
            nextIteration = network.iteration();
            stepMissed();
        });
    }

    /** The next step has a batch that does not count: the others take it, and this replica only follows. */
    final void followNextStep() {
        following = true;
    }

    /** Whether the step at hand does not count. */
    final boolean isFollowing() {
        return following;
    }

    /** The others have taken a step. */
    void stepMissed() {}

    /** A step's gradient is there, the updater has not seen it. */
    void gradientComputed(Model trained) {}

    /** A step is done. */
    void stepDone(Model trained) {}

    /** An epoch is done, and replicas are to be equal. */
    void epochDone() {
        exchangeRest();
    }

    /** Coordinates of an update of the network that joins. */
    long coordinates(TrainedNetwork joining) {
        return joining.parameters().length();
    }

    /** Exchanges what has been learnt since the last round, if anything. */
    abstract void exchangeRest();

    /** Whether something of the last update is in no mean, and waits for the next. */
    abstract boolean owes();

    /** Computes the gradient of the step at hand again, as if for the first time. */
    final void computeAgain() {
        stepStart.computeAgain(network);
    }

    /** The network, or null before its first step. */
    final TrainedNetwork network() {
        return network;
    }

    /** One round: sends {@code update}, fills {@code mean}. */
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

    /** Has exchanges measured. */
    final EdenListener metrics(MemberMetrics measuring) {
        metrics = measuring;
        return this;
    }

    /** Whether a member that was brought to the others may still take part in the round that it had come to. */
    final boolean isInTime(RoundResult result) {
        return result.resynchronised() && result.round() == exchange.round();
    }

    /** Tells the observer, after the round's mean was applied. */
    final void report(RoundResult result) {
        onRound.accept(result);
    }

    /** Zeroed float32 memory of the job's dimension. */
    final MemorySegment allocate() {
        return Arena.ofAuto().allocate((long) exchange.dimension() * Float.BYTES, Long.BYTES * 8L);
    }

    /** What to throw when coordinate {@code index} of an update came out as {@code value}, NaN or infinite. */
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
