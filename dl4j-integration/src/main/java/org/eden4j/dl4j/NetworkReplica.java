package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

    private final TrainedNetwork network;

    NetworkReplica(TrainedNetwork network) {
        this.network = network;
    }

    @Override
    public long stateBytes() {
        return network.parameters().floats().byteSize() + updaterBytes() + COUNTERS_BYTES;
    }

    @Override
    public void save(MemorySegment target) {
        MemorySegment parameters = network.parameters().floats();
        target.asSlice(0, parameters.byteSize()).copyFrom(parameters);
        long offset = parameters.byteSize();
        if (updaterBytes() > 0) {
            MemorySegment state = updater().floats();
            target.asSlice(offset, state.byteSize()).copyFrom(state);
            offset += state.byteSize();
        }
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset, network.iteration());
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + Integer.BYTES, network.epoch());
    }

    @Override
    public void restore(MemorySegment saved) {
        MemorySegment parameters = network.parameters().floats();
        parameters.copyFrom(saved.asSlice(0, parameters.byteSize()));
        long offset = parameters.byteSize();
        if (updaterBytes() > 0) {
            MemorySegment state = updater().floats();
            state.copyFrom(saved.asSlice(offset, state.byteSize()));
            offset += state.byteSize();
        }
        network.count(saved.get(ValueLayout.JAVA_INT_UNALIGNED, offset),
                saved.get(ValueLayout.JAVA_INT_UNALIGNED, offset + Integer.BYTES));
    }

    private FlatArray updater() {
        return FlatArray.of("updater's state", network.updaterState());
    }

    /** Plain SGD has no state. */
    private long updaterBytes() {
        INDArray state = network.updaterState();
        return state == null ? 0 : state.length() * Float.BYTES;
    }
}
