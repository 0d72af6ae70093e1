package org.eden4j.transport.worker;

import org.eden4j.transport.state.LayoutSender;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkProxy;
import org.eden4j.transport.wire.WorkerWish;

/**
 * Requests membership on one link, at growing intervals, and sends the text of this worker's layout to an aggregator
 * that does not know it. Not thread-safe.
 */
final class Joining {
    private static final int PARTS_AT_A_TIME = 16;

    private final long token;
    private long sentNs;
    private long retryNs;
    /** Sender of the layout; null if it was not requested. */
    private LayoutSender layout;

    /** @param token the token of this process */
    Joining(long token) {
        this.token = token;
    }

    /** Starts again on another link. */
    void restart() {
        retryNs = 0;
        layout = null;
    }

    /** Sends a join if it is due and the log has space. */
    void send(UplinkProxy uplink, WorkerWish wish, int stream, String endpoint, StateLabel held, long nowNs) {
        if ((nowNs - sentNs > retryNs || retryNs == 0)
                && uplink.join(token, Protocol.VERSION, wish, stream, endpoint, held)) {
            sentNs = nowNs;
            retryNs = Math.min(Math.max(Protocol.JOIN_RETRY_NS, 2 * retryNs), Protocol.SLOWEST_JOIN_RETRY_NS);
        }
    }

    /** Starts sending the layout's text on request; a repeated request is ignored, because the text is already in transit. */
    void layoutWanted(WorkerWish wish) {
        if (layout == null) {
            layout = new LayoutSender(wish.layout(), token, wish.mtu());
        }
    }

    /**
     * Sends the requested layout.
     *
     * @return the number of messages sent
     */
    int sendLayout(UplinkProxy uplink) {
        return layout == null ? 0 : layout.send(uplink, PARTS_AT_A_TIME);
    }
}
