package org.eden4j.transport.worker;

import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Says on an unreliable uplink that an update has come to its end, and repeats it, ever more slowly, until the round
 * ends: the aggregator then knows that frames which have not come by now never will. Not thread-safe.
 */
final class EndNotice {
    private long sentNs;
    private long retryNs;
    /** Of the last Retry on this way. */
    private long toldRound = -1;
    private int toldAttempt;

    /** The round is tried again; what was said of its end before is not of this attempt. */
    void retry(long round, int attempt) {
        toldRound = round;
        toldAttempt = attempt;
    }

    /** The way is another one, on which nothing was told yet. */
    void forget() {
        toldRound = -1;
    }

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
        if (retryNs > 0 && nowNs - sentNs < retryNs
                || !uplink.updateEnd(epoch, round, worker, round == toldRound ? toldAttempt : 1, frames)) {
            return 0;
        }
        sentNs = nowNs;
        retryNs = Math.min(Math.max(Protocol.END_RETRY_NS, 2 * retryNs), Protocol.SLOWEST_END_RETRY_NS);
        return 1;
    }
}
