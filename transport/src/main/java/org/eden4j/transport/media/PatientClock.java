package org.eden4j.transport.media;

import org.agrona.concurrent.NanoClock;
import org.eden4j.transport.wire.Protocol;

/**
 * The clock that measures a peer's silence. It stops while this process itself does not run, suspended or starved,
 * because messages may then wait unread. Not thread-safe; advanced once per duty cycle.
 */
public final class PatientClock {
    /** Gap between two duty cycles from which on this process counts as suspended. */
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

    /** Returns the time since the start, without suspensions, as of the last {@link #advance()}. */
    public long nowNs() {
        return nowNs;
    }

    /** Returns the underlying clock's time as of the last {@link #advance()}, for deadlines. */
    public long realNs() {
        return lastNs;
    }
}
