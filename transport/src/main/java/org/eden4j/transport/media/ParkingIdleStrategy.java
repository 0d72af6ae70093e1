package org.eden4j.transport.media;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Parks, never spins: members, aggregator and drivers share few cores with the training that they serve.
 *
 * <p>Parks grow with the idle time: a park takes about a sixteenth of the idle time so far, between 0.1 ms and a limit.
 * So an event is noticed late by a small fraction of the time spent waiting for it, and a hundred idle agents leave the
 * processors to the working one. {@link LockSupport#unpark} ends a park when another thread hands over work.
 */
final class ParkingIdleStrategy implements IdleStrategy {
    private static final long SHORTEST_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int YIELDS = 2;
    /** Number of parks of one length before the length doubles. */
    private static final int PARKS = 16;

    private final long longestParkNs;
    private int idles;
    private long parkNs = SHORTEST_PARK_NS;

    /** @param longestParkMs the limit in milliseconds */
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
