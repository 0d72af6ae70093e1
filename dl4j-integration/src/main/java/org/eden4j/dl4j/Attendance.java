package org.eden4j.dl4j;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses a member of a job whose network takes no steps: because its batches are used up, it is evaluated or saved, or
 * something has thrown. The others go on without it; its next exchange takes part again.
 *
 * <p>DL4J does not say whether another step follows, so time tells. With D the job's deadline and t the mean time between the
 * member's exchanges (while it has had none, the time since its first step began), a member pauses when its last step was done
 *
 * <pre>
 * max(D / 5, 2 t)   ago, if an epoch has ended since and none has begun
 * max(D / 2, 2 t)   ago otherwise
 * </pre>
 *
 * <p>where {@link #after} may set another time instead of D / 5 and D / 2. So others wait for it once, for less than a deadline,
 * and not in each round. A member that has taken no step yet is waited for. Does nothing in a job that waits for its members as
 * long as it takes.
 *
 * <p>Thread-safe: the thread that trains comes and goes, one thread for all members of this JVM looks at the clock.
 */
final class Attendance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attendance.class);
    private static final ScheduledExecutorService WATCH = Executors
        .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("eden4j-attendance").factory());

    private final Exchange exchange;
    /** What was told instead of parts of the deadline; null if nothing was. */
    private Duration told;
    /** Whether a step was ever done, and whether the network is between two epochs. */
    private boolean training;
    private boolean epochDone;
    /** Whether the thread that trains is in a callback of the listener. */
    private boolean busy;
    private boolean paused;
    private boolean closed;
    /** Whether the clock will be looked at. */
    private boolean watched;
    private long firstNs;
    private long lastNs;
    private long exchangedNs;
    /** Between two exchanges; 0 before the second. */
    private long meanRoundNs;

    Attendance(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Sets how long the network may take no step. */
    synchronized void after(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "the time after which a member pauses must not be negative, got " + time);
        }
        told = time;
    }

    /** The network is at a step or an epoch. */
    synchronized void enter() {
        busy = true;
        firstNs = firstNs == 0 ? System.nanoTime() : firstNs;
    }

    synchronized void stepDone() {
        training = true;
        epochDone = false;
    }

    synchronized void epochBegun() {
        epochDone = false;
    }

    synchronized void epochDone() {
        epochDone = true;
    }

    /** The exchange begins that ends a pause. */
    synchronized void exchanging() {
        if (exchangedNs != 0 && !paused) {
            long roundNs = System.nanoTime() - exchangedNs;
            meanRoundNs = meanRoundNs == 0 ? roundNs : (3 * meanRoundNs + roundNs) / 4;
        }
        paused = false;
    }

    synchronized void exchanged() {
        exchangedNs = System.nanoTime();
    }

    /** The network goes on by itself. */
    synchronized void leave() {
        busy = false;
        lastNs = System.nanoTime();
        if (training && !paused && !closed && !watched && (told != null || exchange.deadline().isPresent())) {
            watch(limitNs());
        }
    }

    private void watch(long delayNs) {
        watched = true;
        WATCH.schedule(this::look, delayNs, TimeUnit.NANOSECONDS);
    }

    private synchronized void look() {
        watched = false;
        if (busy || paused || closed) {
            return;
        }
        long leftNs = limitNs() - (System.nanoTime() - lastNs);
        if (leftNs > 0) {
            watch(leftNs);
            return;
        }
        try {
            pause();
            LOG.info("the network takes no steps, the other members do not wait for this one");
        } catch (TransportException e) {
            LOG.debug("the job has ended, which the next exchange tells", e);
        }
    }

    private long limitNs() {
        long deadlineNs = exchange.deadline().map(Duration::toNanos).orElse(0L);
        long baseNs = told != null ? told.toNanos() : epochDone ? deadlineNs / 5 : deadlineNs / 2;
        return Math.max(baseNs, 2 * (meanRoundNs != 0 ? meanRoundNs : lastNs - firstNs));
    }

    /** Takes no part until the next exchange. */
    synchronized void pause() {
        if (!paused && !closed) {
            paused = true;
            exchange.pause();
        }
    }

    /** The member is about to leave the job. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
