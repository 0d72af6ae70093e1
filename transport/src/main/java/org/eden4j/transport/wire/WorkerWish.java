package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;

/**
 * The settings with which a worker requests membership.
 *
 * @param layout the layout of its updates
 * @param agreement the text that all members' programs must agree on, empty if there is none
 * @param index the requested number, -1 for any
 * @param identity identifies the worker across its processes
 * @param joinTimeoutNs time limit of the first join
 * @param reconnectTimeoutNs time limit of the search for a lost aggregator or media driver
 * @param errorFeedback whether the worker adds the compression error of earlier updates to each update
 * @param shard the shard whose aggregator is asked
 */
public record WorkerWish(UpdateLayout layout, Method method, String agreement, int mtu, int index, long identity,
        long joinTimeoutNs, long reconnectTimeoutNs, boolean udp, boolean errorFeedback, Shard shard) {
    /** Returns this wish for a worker whose number is known. */
    public WorkerWish withIndex(int granted) {
        return new WorkerWish(layout, method, agreement, mtu, granted, identity, joinTimeoutNs, reconnectTimeoutNs, udp,
                errorFeedback, shard);
    }

    /** Returns this wish for another shard's aggregator. */
    public WorkerWish withShard(Shard other) {
        return new WorkerWish(layout, method, agreement, mtu, index, identity, joinTimeoutNs, reconnectTimeoutNs, udp,
                errorFeedback, other);
    }

    /** Returns the number of coordinates of its updates. */
    public int dimension() {
        return layout.dimension();
    }
}
