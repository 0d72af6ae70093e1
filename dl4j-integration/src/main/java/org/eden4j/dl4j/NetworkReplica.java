package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.transport.job.Replica;

/**
 * What the next step of a network depends on beside the data, all of it or what remains where a model is kept elsewhere:
 * parameters, the updater's state, and the numbers of iteration and epoch, by which schedules and Adam's bias correction
 * go.
 *
 * <pre>
 * parameters float32[p] | updater's state float32[u] | iteration int32 | epoch int32
 * </pre>
 *
 * <p>The iteration is that of the step that comes next. DL4J counts a step, and an epoch, when its listeners have been called:
 * {@link #during} says how far the counters are behind meanwhile.
 */
final class NetworkReplica implements Replica {
    private static final int COUNTERS_BYTES = 2 * Integer.BYTES;

    /** What is done and not yet counted while the listeners are called. */
    enum Uncounted {
        NOTHING(0, 0), STEP(1, 0), EPOCH(0, 1);

        private final int steps;
        private final int epochs;

        Uncounted(int steps, int epochs) {
            this.steps = steps;
            this.epochs = epochs;
        }
    }

    private final TrainedNetwork network;
    private final FlatVector arrays;
    private Uncounted uncounted = Uncounted.NOTHING;

    private NetworkReplica(TrainedNetwork network, List<FlatArray> arrays) {
        this.network = network;
        this.arrays = new FlatVector(arrays);
    }

    /** All of it. */
    static NetworkReplica whole(TrainedNetwork network) {
        List<FlatArray> arrays = new ArrayList<>(List.of(network.parameters()));
        network.updater().ifPresent(arrays::add);
        return new NetworkReplica(network, arrays);
    }

    /** What remains beside a model that is the parameters alone, or the updater's state as well. */
    static NetworkReplica beside(TrainedNetwork network, boolean updaterInModel) {
        return new NetworkReplica(network,
                updaterInModel ? List.of() : network.updater().map(List::of).orElse(List.of()));
    }

    /** Does something while DL4J's counters lack what is done. */
    void during(Uncounted done, Runnable action) {
        uncounted = done;
        try {
            action.run();
        } finally {
            uncounted = Uncounted.NOTHING;
        }
    }

    @Override
    public long stateBytes() {
        return arrays.byteSize() + COUNTERS_BYTES;
    }

    /** All but the epoch, since the shares of members may be of unequal length. */
    @Override
    public long commonBytes() {
        return stateBytes() - Integer.BYTES;
    }

    @Override
    public void save(MemorySegment target) {
        arrays.copyTo(target);
        long offset = arrays.byteSize();
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset, network.iteration() + uncounted.steps);
        target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + Integer.BYTES, network.epoch() + uncounted.epochs);
    }

    @Override
    public void restore(MemorySegment saved) {
        arrays.copyFrom(saved);
        long offset = arrays.byteSize();
        network.count(saved.get(ValueLayout.JAVA_INT_UNALIGNED, offset) - uncounted.steps,
                saved.get(ValueLayout.JAVA_INT_UNALIGNED, offset + Integer.BYTES) - uncounted.epochs);
    }
}
