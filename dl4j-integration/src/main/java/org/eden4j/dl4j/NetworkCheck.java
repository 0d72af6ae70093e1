package org.eden4j.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.factory.Nd4j;

/** What a network must be like to be a replica; each failure is an exception with the reason and the cure. */
final class NetworkCheck {
    private static final String CPU = "CpuBackend";

    private NetworkCheck() {}

    /** Its parameters can be exchanged. */
    static TrainedNetwork parameters(Model model) {
        TrainedNetwork network = new TrainedNetwork(model);
        if (model.params() == null || model.params().length() == 0) {
            throw new IllegalArgumentException("the network has no parameters: call its init() first");
        }
        hostMemory(Nd4j.getBackend().getClass().getSimpleName());
        network.parameters();
        network.updater();
        return network;
    }

    /** Arrays of this ND4J back end are in the host's memory. */
    static void hostMemory(String backEnd) {
        if (!backEnd.equals(CPU)) {
            throw new IllegalArgumentException("ND4J's back end is " + backEnd + ", whose arrays are not in the host's"
                    + " memory, where they are read and written: put nd4j-native on the class path instead");
        }
    }

    /** A network whose parameters can be exchanged can exchange its gradients as well. */
    static void gradients(TrainedNetwork network) {
        NeuralNetConfiguration configuration = network.model().conf();
        if (!configuration.isMiniBatch()) {
            throw new IllegalArgumentException("the network is built with miniBatch(false), its updater takes sums over"
                    + " batches: gradient sharing needs miniBatch(true), the default");
        }
        OptimizationAlgorithm algorithm = configuration.getOptimizationAlgo();
        if (algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
            throw new IllegalArgumentException("the network is optimized by " + algorithm + ", which takes several"
                    + " gradients per step: gradient sharing needs STOCHASTIC_GRADIENT_DESCENT, the default");
        }
        SumRanges.of(network);
    }

    /** No listener exchanges what the network learns. */
    static void notInAnyJob(TrainedNetwork network) {
        if (network.listeners().stream().anyMatch(EdenListener.class::isInstance)) {
            throw new IllegalStateException(
                    "the network has a listener that exchanges what it learns already: a network is a"
                            + " replica in one job, close the former EdenTraining or remove the listener with setListeners()");
        }
    }

    /** The network has this listener once, and none for another worker. */
    static void onlyListener(TrainedNetwork network, EdenListener listener) {
        int listeners = 0;
        int others = 0;
        for (TrainingListener candidate : network.listeners()) {
            if (candidate == listener) {
                listeners++;
            } else if (candidate instanceof EdenListener) {
                others++;
            }
        }
        if (listeners > 1) {
            throw new IllegalStateException("the network has this listener " + listeners
                    + " times, and would exchange each step as often: add it once");
        }
        if (others > 0) {
            throw new IllegalStateException("the network has " + (others + 1)
                    + " listeners that exchange what it learns: a network is a replica in one job, remove the others with"
                    + " setListeners()");
        }
    }

    /** The calling thread does not train a copy that DL4J's ParallelWrapper has made. */
    static void notInParallelWrapper() {
        boolean wrapped = StackWalker.getInstance()
            .walk(frames -> frames
                .anyMatch(frame -> frame.getClassName().startsWith("org.deeplearning4j.parallelism.")));
        if (wrapped) {
            throw new IllegalStateException(
                    "ParallelWrapper trains copies of the network, which cannot all be one member of the job: remove"
                            + " this listener, and give ParallelWrapper an EdenGradientsAccumulator or train by"
                            + " EdenParallelTrainer; with members in other processes call fit() of a network instead");
        }
    }
}
