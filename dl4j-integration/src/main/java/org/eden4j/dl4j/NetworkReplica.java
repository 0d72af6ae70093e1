package org.eden4j.dl4j;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.transport.job.Replica;

/**
 * The state on which the next step of a network depends, apart from the data, or the remainder of it where a model is
 * kept elsewhere: parameters, updater state, and the counters of iteration and epoch, which determine schedules and
 * Adam's bias correction.
 *
 * <pre>
 * parameters float32[p] | updater's state float32[u] | iteration int32 | epoch int32
 * </pre>
 *
 * <p>The iteration is that of the next step. DL4J counts a step, and an epoch, after it has called its listeners:
 * {@link #during} states how far the counters lag during such a call.
 */
final class NetworkReplica implements Replica {
    private static final int COUNTERS_BYTES = 2 * Integer.BYTES;

    /** The step or epoch that has ended but is not yet counted while listeners are called. */
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

    /** Returns the whole state of a network. */
    static NetworkReplica whole(TrainedNetwork network) {
        List<FlatArray> arrays = new ArrayList<>(List.of(network.parameters()));
        network.updater().ifPresent(arrays::add);
        return new NetworkReplica(network, arrays);
    }

    /** Returns the remainder of the state if a model holds the parameters, or the updater state as well. */
    static NetworkReplica beside(TrainedNetwork network, boolean updaterInModel) {
        return new NetworkReplica(network,
                updaterInModel ? List.of() : network.updater().map(List::of).orElse(List.of()));
    }

    /** Runs an action while DL4J's counters lag behind. */
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

    /** Returns the bytes of everything but the epoch, because members' shares of the data may differ in length. */
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
