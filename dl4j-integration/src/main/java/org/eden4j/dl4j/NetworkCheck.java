package org.eden4j.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The conditions under which a network can be a replica; each failed check throws an exception that states the reason
 * and the cure.
 */
final class NetworkCheck {
    private static final String CPU = "CpuBackend";

    private NetworkCheck() {}

    /** Checks that the parameters can be exchanged. */
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

    /** Checks that this ND4J back end keeps its arrays in host memory. */
    static void hostMemory(String backEnd) {
        if (!backEnd.equals(CPU)) {
            throw new IllegalArgumentException(
                    "ND4J's back end is " + backEnd + ", whose arrays are not in host memory,"
                            + " but updates are read and written there: put nd4j-native on the class path instead");
        }
    }

    /** Checks that a network whose parameters can be exchanged can exchange its gradients as well. */
    static void gradients(TrainedNetwork network) {
        NeuralNetConfiguration configuration = network.model().conf();
        if (!configuration.isMiniBatch()) {
            throw new IllegalArgumentException(
                    "the network is built with miniBatch(false), so its updater takes sums over"
                            + " batches: gradient sharing needs miniBatch(true), the default");
        }
        OptimizationAlgorithm algorithm = configuration.getOptimizationAlgo();
        if (algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
            throw new IllegalArgumentException("the network is optimized by " + algorithm + ", which takes several"
                    + " gradients per step: gradient sharing needs STOCHASTIC_GRADIENT_DESCENT, the default");
        }
        SumRanges.of(network);
    }

    /** Checks that the network belongs to no job. */
    static void notInAnyJob(TrainedNetwork network) {
        if (network.listeners().stream().anyMatch(EdenListener.class::isInstance)) {
            throw new IllegalStateException(
                    "the network already belongs to a job, and a network can be a replica in one job only:"
                            + " close the former EdenTraining, or remove its listener with setListeners()");
        }
    }

    /** Checks that the network has this listener once, and none for another worker. */
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
                    + " times, and would exchange each step " + listeners + " times: add it once");
        }
        if (others > 0) {
            throw new IllegalStateException("the network has " + (others + 1)
                    + " listeners of jobs, and a network can be a replica in one job only: remove the others with"
                    + " setListeners()");
        }
    }

    /** Checks that the calling thread does not train a copy made by DL4J's {@code ParallelWrapper}. */
    static void notInParallelWrapper() {
        boolean wrapped = StackWalker.getInstance()
            .walk(frames -> frames
                .anyMatch(frame -> frame.getClassName().startsWith("org.deeplearning4j.parallelism.")));
        if (wrapped) {
            throw new IllegalStateException(
                    "ParallelWrapper trains copies of the network, which cannot all be one member of the job: remove"
                            + " this listener, and give ParallelWrapper an EdenGradientsAccumulator or use"
                            + " EdenParallelTrainer; if members are in other processes, call fit() of the network instead");
        }
    }
}
