package org.eden4j.dl4j;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Restores a network from a file that DL4J's {@code ModelSerializer} has written. */
public final class Checkpoint {
    private Checkpoint() {}

    /**
     * Copies parameters, updater state, iteration and epoch of the saved network into this one.
     *
     * @throws IllegalArgumentException if the file cannot be read, or holds a different network or no updater
     */
    public static void restore(File file, TrainedNetwork network) {
        TrainedNetwork saved = new TrainedNetwork(read(file, network.model() instanceof MultiLayerNetwork));
        Map<String, Long> expected = lengths(network.model());
        Map<String, Long> found = lengths(saved.model());
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    file + " holds a network with the parameters " + found + ", this one has " + expected);
        }
        long state = network.updater().map(FlatArray::length).orElse(0L);
        long savedState = saved.updater().map(FlatArray::length).orElse(0L);
        if (state != savedState) {
            throw new IllegalArgumentException(
                    file + " holds " + savedState + " values of updater state, this network has "
                            + state + ": save the network with its updater, and build this one with the same updater");
        }
        NetworkReplica from = NetworkReplica.whole(saved);
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(from.stateBytes())]);
        from.save(bytes);
        NetworkReplica.whole(network).restore(bytes);
    }

    private static Model read(File file, boolean layers) {
        try {
            return layers ? MultiLayerNetwork.load(file, true) : ComputationGraph.load(file, true);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("no " + (layers ? "MultiLayerNetwork" : "ComputationGraph")
                    + " can be read from " + file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Long> lengths(Model model) {
        Map<String, Long> lengths = new LinkedHashMap<>();
        model.paramTable().forEach((name, array) -> lengths.put(name, array.length()));
        return lengths;
    }
}
