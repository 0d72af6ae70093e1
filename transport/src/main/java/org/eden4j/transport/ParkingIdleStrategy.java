package org.eden4j.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Parks, never spins: members, aggregator and drivers share few cores with the training they serve.
 *
 * <p>Short parks while something may be going on, longer ones after about a third of a second of nothing. A hand-over from another
 * thread ends a park at once by {@link LockSupport#unpark}.
 */
final class ParkingIdleStrategy implements IdleStrategy {
    private static final long SHORT_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int YIELDS = 2;
    private static final int SHORT_PARKS = 2_000;

    private final long longParkNs;
    private int idles;

    ParkingIdleStrategy(long longPark, TimeUnit unit) {
        longParkNs = unit.toNanos(longPark);
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
        } else if (idles < SHORT_PARKS) {
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
