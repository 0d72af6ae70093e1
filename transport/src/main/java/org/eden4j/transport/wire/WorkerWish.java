package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;

/**
 * What a worker asks for.
 *
 * @param layout of its updates
 * @param agreement what members' programs have to agree on, empty if nothing
 * @param index its number, -1 for any
 * @param identity names the worker across its processes
 * @param joinTimeoutNs how long the first join may take
 * @param reconnectTimeoutNs how long a lost aggregator or media driver is looked for
 * @param errorFeedback whether it adds to each update what compression left of earlier ones
 * @param shard whose aggregator it asks
 */
public record WorkerWish(UpdateLayout layout, Method method, String agreement, int mtu, int index, long identity,
        long joinTimeoutNs, long reconnectTimeoutNs, boolean udp, boolean errorFeedback, Shard shard) {
    /** The same for a worker whose number is known. */
    public WorkerWish withIndex(int granted) {
        return new WorkerWish(layout, method, agreement, mtu, granted, identity, joinTimeoutNs, reconnectTimeoutNs, udp,
                errorFeedback, shard);
    }

    /** The same of another shard's aggregator. */
    public WorkerWish withShard(Shard other) {
        return new WorkerWish(layout, method, agreement, mtu, index, identity, joinTimeoutNs, reconnectTimeoutNs, udp,
                errorFeedback, other);
    }

    /** Coordinates of its updates. */
    public int dimension() {
        return layout.dimension();
    }
}
