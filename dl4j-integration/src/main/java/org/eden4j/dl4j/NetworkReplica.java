package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.transport.job.Replica;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All of a network that its next step depends on beside the data: parameters, the updater's state, and the numbers of
 * iteration and epoch, by which schedules and Adam's bias correction go.
 *
 * <pre>
 * parameters float32[p] | updater's state float32[u] | iteration int32 | epoch int32
 * </pre>
 */
final class NetworkReplica implements Replica {
    private static final int COUNTERS_BYTES = 2 * Integer.BYTES;

    private final Model network;

    NetworkReplica(Model network) {
        this.network = network;
    }

    @Override
    public long stateBytes() {
        return parameters().floats().byteSize() + updaterBytes() + COUNTERS_BYTES;
    }

    @Override
    public void save(MemorySegment target) {
        MemorySegment parameters = parameters().floats();
        target.asSlice(0, parameters.byteSize()).copyFrom(parameters);
        long offset = parameters.byteSize();
        if (updaterBytes() > 0) {
            MemorySegment state = updater().floats();
            target.asSlice(offset, state.byteSize()).copyFrom(state);
            offset += state.byteSize();
        }
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset, iteration());
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + Integer.BYTES, epoch());
    }

    @Override
    public void restore(MemorySegment saved) {
        MemorySegment parameters = parameters().floats();
        parameters.copyFrom(saved.asSlice(0, parameters.byteSize()));
        long offset = parameters.byteSize();
        if (updaterBytes() > 0) {
            MemorySegment state = updater().floats();
            state.copyFrom(saved.asSlice(offset, state.byteSize()));
            offset += state.byteSize();
        }
        count(saved.get(ValueLayout.JAVA_INT_UNALIGNED, offset),
                saved.get(ValueLayout.JAVA_INT_UNALIGNED, offset + Integer.BYTES));
    }

    private FlatArray parameters() {
        return FlatArray.of("parameters", network.params());
    }

    private INDArray updaterState() {
        return switch (network) {
            case MultiLayerNetwork layers -> layers.getUpdater().getStateViewArray();
            case ComputationGraph graph -> graph.getUpdater().getStateViewArray();
            default -> throw unknown();
        };
    }

    private FlatArray updater() {
        return FlatArray.of("updater's state", updaterState());
    }

    /** Plain SGD has no state. */
    private long updaterBytes() {
        INDArray state = updaterState();
        return state == null ? 0 : state.length() * Float.BYTES;
    }

    private int iteration() {
        return switch (network) {
            case MultiLayerNetwork layers -> layers.getIterationCount();
            case ComputationGraph graph -> graph.getIterationCount();
            default -> throw unknown();
        };
    }

    private int epoch() {
        return switch (network) {
            case MultiLayerNetwork layers -> layers.getEpochCount();
            case ComputationGraph graph -> graph.getEpochCount();
            default -> throw unknown();
        };
    }

    private void count(int iteration, int epoch) {
        switch (network) {
            case MultiLayerNetwork layers -> {
                layers.setIterationCount(iteration);
                layers.setEpochCount(epoch);
            }
            case ComputationGraph graph -> {
                graph.getConfiguration().setIterationCount(iteration);
                graph.getConfiguration().setEpochCount(epoch);
            }
            default -> throw unknown();
        }
    }

    private IllegalArgumentException unknown() {
        return new IllegalArgumentException("a " + network.getClass().getName()
                + " cannot be a replica, only a MultiLayerNetwork or a ComputationGraph");
    }
}
