package org.eden4j.dl4j;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.RoundResult;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes a network one of several equal replicas that learn together, each from its own share of the data. Works for
 * {@code MultiLayerNetwork} and {@code ComputationGraph} with FLOAT parameters.
 *
 * <pre>{@code
 * EdenListener eden = EdenListener.parameterAveraging(worker, 10);
 * net.addListeners(eden);
 * net.fit(myShare, epochs);
 * eden.finish();
 * }</pre>
 *
 * <p>Before its first step the network takes over the parameters of the job's first member, or what has become of them where
 * it joins a job under way or one that has gone on without it. From then on all replicas
 * take the same number of steps: a worker that stops earlier leaves the others waiting at their next round until its
 * deadline.
 *
 * <p>Whatever ends a round ends {@code fit()} with it: {@code TransportException} with the reason if the job failed,
 * {@link IllegalStateException} naming the parameter if the network diverged.
 *
 * <p>One listener serves one network and one worker, in the thread that trains. Parameter averaging
 * keeps three more copies of the parameters off the heap, gradient sharing none
 * but while a replica is brought up to the others. The worker is the caller's to close.
 */
public abstract sealed class EdenListener extends BaseTrainingListener permits ParameterAveraging, GradientSharing {
    private final Exchange exchange;
    private Consumer<RoundResult> onRound = _ -> {};
    private Model model;

    EdenListener(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Each replica trains by itself; every {@code every} steps the changes since the last exchange are averaged, weighted
     * by the number of examples they come from, and all replicas go on from the same parameters, equal bit for bit. The
     * updater's state (momentum, Adam's moments) stays each replica's own.
     *
     * <p>What of a change did not arrive in time, all or some coordinates, is sent again as part of the next one.
     *
     * @param every steps between exchanges, at least 1, the same for all workers
     */
    public static EdenListener parameterAveraging(Worker worker, int every) {
        return new ParameterAveraging(Exchange.of(worker), every);
    }

    /**
     * At every step the gradients are averaged, weighted by their number of examples, before clipping and updater see
     * them: what one network would do with the union of all batches, up to compression. Replicas stay equal where they
     * run on equal CPUs and ND4J binaries and take batches of equal size.
     *
     * <p>A gradient that did not arrive in time is dropped: it belongs to parameters that are gone. A replica that has fallen
     * behind takes over parameters and updater state of one that has not, and computes its gradient again.
     */
    public static EdenListener gradientSharing(Worker worker) {
        return new GradientSharing(Exchange.of(worker));
    }

    /** Calls {@code consumer} after each round, in the thread that trains. */
    public final EdenListener onRound(Consumer<RoundResult> consumer) {
        onRound = Objects.requireNonNull(consumer);
        return this;
    }

    /**
     * Exchanges what has been learnt since the last round, so that all replicas end equal; call it once, after the last
     * {@code fit()}. Does nothing if there is nothing to exchange.
     */
    public abstract void finish();

    @Override
    public final void onEpochStart(Model trained) {
        joined(trained);
    }

    /** Comes before the updater; the first call of a {@code fit} without epochs. */
    @Override
    public void onGradientCalculation(Model trained) {
        if (joined(trained)) {
            // the gradient at hand was taken at parameters that have just been replaced
            trained.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
        }
    }

    /** Takes over the common parameters if this has not happened yet, and says whether it did so now. */
    private boolean joined(Model trained) {
        if (model == trained) {
            return false;
        }
        if (model != null) {
            throw new IllegalStateException(
                    "this listener serves another network already: make one listener a network");
        }
        if (trained.numParams() != exchange.dimension()) {
            throw new IllegalArgumentException(
                    "the network has " + trained.numParams() + " parameters, the worker joined for "
                            + exchange.dimension() + ": build the worker with the network's numParams()");
        }
        prepare(trained);
        share(exchange, FlatArray.of("parameters", trained.params()));
        model = trained;
        return true;
    }

    /** Checks a network before it joins. */
    void prepare(Model trained) {}

    /** Makes the network one of the job's replicas: it takes over what they have in common. Called once. */
    abstract void share(Exchange exchange, FlatArray parameters);

    /** The network, or null before its first step. */
    final Model model() {
        return model;
    }

    /** One round: sends {@code update}, fills {@code mean}. */
    final RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
        return exchange.exchange(update, weight, mean);
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
        String name = "?";
        for (Map.Entry<String, INDArray> parameter : model.paramTable().entrySet()) {
            long first = parameter.getValue().offset();
            if (index >= first && index < first + parameter.getValue().length()) {
                name = parameter.getKey();
            }
        }
        return new IllegalStateException("training diverged: the " + what + " of parameter " + index + ", in " + name
                + ", is " + value + ": lower the learning rate or clip gradients; nothing was sent");
    }
}
