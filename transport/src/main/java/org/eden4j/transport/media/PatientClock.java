package org.eden4j.transport.media;

import org.agrona.concurrent.NanoClock;
import org.eden4j.transport.wire.Protocol;

/**
 * Time by which silence of a peer is judged: it stands still while this process itself did not run, stopped or starved,
 * since messages may then be waiting unread. Not thread-safe; advanced once a duty cycle.
 */
public final class PatientClock {
    /** A gap between two duty cycles from which on this process counts as having been away. */
    private static final long AWAY_NS = Protocol.HEARTBEAT_NS;

    private final NanoClock clock;
    private long lastNs;
    private long nowNs;

    public PatientClock(NanoClock clock) {
        this.clock = clock;
        lastNs = clock.nanoTime();
    }

    /** Reads the clock. */
    public void advance() {
        long readNs = clock.nanoTime();
        long gapNs = readNs - lastNs;
        lastNs = readNs;
        nowNs += Math.min(gapNs, AWAY_NS);
    }

    /** Time since the start without the time away, as of the last {@link #advance()}. */
    public long nowNs() {
        return nowNs;
    }

    /** The clock's own time at the last {@link #advance()}, for deadlines. */
    public long realNs() {
        return lastNs;
    }
}
