package org.eden4j.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The state from which a step starts, apart from parameters and data. With it, a gradient can be computed a second time
 * as if the first computation had not taken place, after the replica has adopted other parameters:
 *
 * <ul>
 * <li>ND4J's random numbers, for dropout and weight noise. ND4J has one generator per thread. Its state is recorded
 * when the previous step ends, and restored unless the thread or the seed has changed since. Numbers that the program
 * draws between two steps are drawn again as well.
 * <li>Under truncated backpropagation through time, the state that the previous segment left in recurrent layers. A
 * forward pass overwrites it ("tBPTT state"), but DL4J keeps a copy of the segment's initial state ("previous state")
 * and clears both before a sequence.
 * </ul>
 *
 * <p>Not thread-safe: used by the training thread only.
 */
final class StepStart {
    private Random generator;
    private long root;
    private long node;

    /** Records the start of the first step. */
    StepStart() {
        noteRandomNumbers();
    }

    /** Records the start of the next step; called at the end of each step. */
    void next(TrainedNetwork network) {
        noteRandomNumbers();
        if (network.trainsInSegments() && network.model() instanceof MultiLayerNetwork) {
            for (Layer layer : network.layers()) {
                // DL4J does this for plain recurrent layers only, but clears the state of wrapped ones too
                if (layer instanceof BaseWrapperLayer && unwrapped(layer) instanceof RecurrentLayer recurrent) {
                    recurrent.rnnSetPreviousState(recurrent.rnnGetTBPTTState());
                }
            }
        }
    }

    /** Computes gradient and score of the current step again, with the network's current parameters. */
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
