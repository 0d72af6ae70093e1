package org.eden4j.transport.worker;

import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Announces the end of an update on an unreliable uplink, and repeats the notice at growing intervals until the round
 * ends: the aggregator then knows that missing frames are lost. Not thread-safe.
 */
final class EndNotice {
    private long sentNs;
    private long retryNs;
    /** Round of the last Retry on this link. */
    private long toldRound = -1;
    private int toldAttempt;

    /** Starts another attempt at the round, for which earlier notices do not count. */
    void retry(long round, int attempt) {
        toldRound = round;
        toldAttempt = attempt;
    }

    /** Forgets the notices, because the link is another one. */
    void forget() {
        toldRound = -1;
    }

    /** Starts another update. */
    void start() {
        retryNs = 0;
    }

    /**
     * Sends the notice if it is due and the log has space.
     *
     * @param frames the number of frames sent before it
     * @return the number of messages sent
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
