package org.eden4j.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Parks, never spins: members, aggregator and drivers share few cores with the training they serve.
 *
 * <p>Short parks while something may be going on, longer ones after some time of nothing. A hand-over from another
 * thread ends a park at once by {@link LockSupport#unpark}.
 */
final class ParkingIdleStrategy implements IdleStrategy {
    private static final long SHORT_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int YIELDS = 2;

    private final int shortParks;
    private final long longParkNs;
    private int idles;

    /**
     * @param shortParks idle cycles of about 0.15 ms before parks get longer
     * @param longPark how long those are, in milliseconds
     */
    ParkingIdleStrategy(int shortParks, int longPark) {
        this.shortParks = YIELDS + shortParks;
        longParkNs = TimeUnit.MILLISECONDS.toNanos(longPark);
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            idles = 0;
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (idles < YIELDS) {
            idles++;
            Thread.yield();
        } else if (idles < shortParks) {
            idles++;
            LockSupport.parkNanos(SHORT_PARK_NS);
        } else {
            LockSupport.parkNanos(longParkNs);
        }
    }

    @Override
    public void reset() {
        idles = 0;
    }

    @Override
    public String alias() {
        return "parking";
    }
}
