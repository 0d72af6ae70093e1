package org.eden4j.transport.media;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Parks, never spins: members, aggregator and drivers share few cores with the training they serve.
 *
 * <p>The longer nothing went on, the longer the parks: about a sixteenth of the time of nothing so far, between 0.1 ms and
 * a limit. So what comes is noticed late by a small part of the time that it was waited for, and a hundred idle agents
 * leave the processors to the one that works. A hand-over from another thread ends a park at once by
 * {@link LockSupport#unpark}.
 */
final class ParkingIdleStrategy implements IdleStrategy {
    private static final long SHORTEST_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int YIELDS = 2;
    /** Parks of one length, before their length doubles. */
    private static final int PARKS = 16;

    private final long longestParkNs;
    private int idles;
    private long parkNs = SHORTEST_PARK_NS;

    /**
     * @param longestParkMs the limit, in milliseconds
     */
    ParkingIdleStrategy(int longestParkMs) {
        longestParkNs = TimeUnit.MILLISECONDS.toNanos(longestParkMs);
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        idles++;
        if (idles <= YIELDS) {
            Thread.yield();
            return;
        }
        LockSupport.parkNanos(parkNs);
        if (idles == YIELDS + PARKS && parkNs < longestParkNs) {
            parkNs = Math.min(2 * parkNs, longestParkNs);
            idles = YIELDS;
        }
    }

    @Override
    public void reset() {
        idles = 0;
        parkNs = SHORTEST_PARK_NS;
    }

    @Override
    public String alias() {
        return "parking";
    }
}
