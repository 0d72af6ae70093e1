package org.eden4j.spark;

import java.io.Serializable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.NetworkState;

/**
 * A network as a task builds it.
 *
 * @param configuration a {@code MultiLayerConfiguration} or {@code ComputationGraphConfiguration}
 * @param state what it has learnt so far; null for a new one, whose parameters follow from the configuration's seed
 */
record NetworkPlan(Serializable configuration, NetworkState state) implements Serializable {
    /** The network. */
    Model create() {
        Model network = switch (configuration) {
            case MultiLayerConfiguration layers -> new MultiLayerNetwork(layers.clone());
            case ComputationGraphConfiguration graph -> new ComputationGraph(graph.clone());
            default -> throw new IllegalArgumentException(
                    "a " + configuration.getClass().getName() + " is no configuration of a network");
        };
        network.init();
        if (state != null) {
            state.copyTo(network);
        }
        return network;
    }

    /** The same network when it has learnt more. */
    NetworkPlan with(NetworkState learnt) {
        return new NetworkPlan(configuration, learnt);
    }
}
