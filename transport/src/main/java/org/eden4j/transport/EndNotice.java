package org.eden4j.transport;

/**
 * Says on an unreliable uplink that an update has come to its end, and repeats it, ever more slowly, until the round
 * ends: the aggregator then knows that frames which have not come by now never will. Not thread-safe.
 */
final class EndNotice {
    private long sentNs;
    private long retryNs;

    /** Another update begins. */
    void start() {
        retryNs = 0;
    }

    /**
     * Sends the notice if it is due and there is room.
     *
     * @param frames frames that were sent before it
     * @return messages sent
     */
    int send(UplinkProxy uplink, int epoch, long round, int worker, int frames, long nowNs) {
        if (retryNs > 0 && nowNs - sentNs < retryNs || !uplink.updateEnd(epoch, round, worker, frames)) {
            return 0;
        }
        sentNs = nowNs;
        retryNs = Math.min(Math.max(Protocol.END_RETRY_NS, 2 * retryNs), Protocol.SLOWEST_END_RETRY_NS);
        return 1;
    }
}
