package org.eden4j.transport.worker;

import org.eden4j.transport.state.LayoutSender;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkProxy;
import org.eden4j.transport.wire.WorkerWish;

/**
 * Asks for membership on one link, ever more slowly, and tells an aggregator that does not know it what this worker's layout
 * is. Not thread-safe.
 */
final class Joining {
    private static final int PARTS_AT_A_TIME = 16;

    private final long token;
    private long sentNs;
    private long retryNs;
    /** Under way; null if nobody has asked. */
    private LayoutSender layout;

    /** @param token of this process */
    Joining(long token) {
        this.token = token;
    }

    /** The link is another one. */
    void restart() {
        retryNs = 0;
        layout = null;
    }

    /** Sends a join if it is due and there is room. */
    void send(UplinkProxy uplink, WorkerWish wish, int stream, String endpoint, StateLabel held, long nowNs) {
        if ((nowNs - sentNs > retryNs || retryNs == 0)
                && uplink.join(token, Protocol.VERSION, wish, stream, endpoint, held)) {
            sentNs = nowNs;
            retryNs = Math.min(Math.max(Protocol.JOIN_RETRY_NS, 2 * retryNs), Protocol.SLOWEST_JOIN_RETRY_NS);
        }
    }

    /** The aggregator needs the layout's text; one that asks again has it already, or will. */
    void layoutWanted(WorkerWish wish) {
        if (layout == null) {
            layout = new LayoutSender(wish.layout(), token, wish.mtu());
        }
    }

    /**
     * Sends what the aggregator has asked for.
     *
     * @return messages sent
     */
    int sendLayout(UplinkProxy uplink) {
        return layout == null ? 0 : layout.send(uplink, PARTS_AT_A_TIME);
    }
}
