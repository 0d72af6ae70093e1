package org.eden4j.dl4j;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A network that DL4J has saved, from which another one goes on. */
final class Checkpoint {
    private Checkpoint() {}

    /**
     * Gives a network the parameters, updater's state, iteration and epoch of a saved one.
     *
     * @throws IllegalArgumentException if the file cannot be read, or has another network or no updater
     */
    static void restore(File file, TrainedNetwork network) {
        TrainedNetwork saved = new TrainedNetwork(read(file, network.model() instanceof MultiLayerNetwork));
        Map<String, Long> expected = lengths(network.model());
        Map<String, Long> found = lengths(saved.model());
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    file + " has a network of the parameters " + found + ", this one has " + expected);
        }
        long state = network.updater().map(FlatArray::length).orElse(0L);
        long savedState = saved.updater().map(FlatArray::length).orElse(0L);
        if (state != savedState) {
            throw new IllegalArgumentException(file + " has " + savedState + " values of updater's state, this network "
                    + state + ": save it with its updater, and build the network with the same one");
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
