package org.eden4j.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a step starts from beside parameters and data, so that its gradient can be computed a second time, after a replica
 * has taken over other parameters, as if the first time had not been:
 *
 * <ul>
 * <li>ND4J's random numbers, for dropout and weight noise. ND4J has one generator per thread; its state is noted when the
 * step before is done, and put back if neither the thread nor the seed is another one by then. Numbers that the program
 * draws itself between two steps are drawn from there as well.
 * <li>Under truncated backpropagation through time the state that the previous segment left in recurrent layers. A forward
 * pass overwrites it with its own ("tBPTT state"), but DL4J keeps a copy of where the segment started ("previous state")
 * and clears both before a sequence.
 * </ul>
 *
 * <p>For the thread that trains.
 */
final class StepStart {
    private Random generator;
    private long root;
    private long node;

    /** Notes where the first step starts. */
    StepStart() {
        noteRandomNumbers();
    }

    /** Notes where the next step starts; called when a step is done. */
    void next(TrainedNetwork network) {
        noteRandomNumbers();
        if (network.trainsInSegments() && network.model() instanceof MultiLayerNetwork) {
            for (Layer layer : network.layers()) {
                // DL4J does this for plain recurrent layers only, and clears it for wrapped ones too
                if (layer instanceof BaseWrapperLayer && unwrapped(layer) instanceof RecurrentLayer recurrent) {
                    recurrent.rnnSetPreviousState(recurrent.rnnGetTBPTTState());
                }
            }
        }
    }

    /** Computes gradient and score of the step at hand again, at the parameters that the network has now. */
    void computeAgain(TrainedNetwork network) {
        Random current = Nd4j.getRandom();
        if (current == generator && current.rootState() == root) {
            current.setStates(root, node);
        }
        if (network.trainsInSegments()) {
            for (Layer layer : network.layers()) {
                if (unwrapped(layer) instanceof RecurrentLayer recurrent) {
                    recurrent.rnnSetTBPTTState(recurrent.rnnGetPreviousState());
                }
            }
        }
        network.model().computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
    }

    private void noteRandomNumbers() {
        generator = Nd4j.getRandom();
        root = generator.rootState();
        node = generator.nodeState();
    }

    private static Layer unwrapped(Layer layer) {
        Layer inner = layer;
        while (inner instanceof BaseWrapperLayer wrapper) {
            inner = wrapper.getUnderlying();
        }
        return inner;
    }
}
