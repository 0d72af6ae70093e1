package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;

/**
 * What a worker asks for.
 *
 * @param index its number, -1 for any
 * @param identity names the worker across its processes
 * @param joinTimeoutNs how long the first join may take
 * @param reconnectTimeoutNs how long a lost aggregator or media driver is looked for
 * @param errorFeedback whether it adds to each update what compression left of earlier ones
 */
public record WorkerWish(int dimension, Method method, int mtu, int index, long identity, long joinTimeoutNs,
        long reconnectTimeoutNs, boolean udp, boolean errorFeedback) {
    /** The same for a worker whose number is known. */
    public WorkerWish withIndex(int granted) {
        return new WorkerWish(dimension, method, mtu, granted, identity, joinTimeoutNs, reconnectTimeoutNs, udp,
                errorFeedback);
    }
}
