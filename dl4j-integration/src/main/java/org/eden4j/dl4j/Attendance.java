package org.eden4j.dl4j;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses a member of a job while its network takes no steps, because its batches are used up, it is evaluated or saved,
 * or it has thrown an exception. The others continue without it until its next exchange.
 *
 * <p>DL4J does not announce whether another step follows, so a clock decides. Let D be the job's deadline and t the
 * mean time between the member's exchanges (before the second exchange, the time since its first step began). A member
 * pauses when its last step ended
 *
 * <pre>
 * max(D / 5, 2 t)   ago, if an epoch has ended since and none has begun
 * max(D / 2, 2 t)   ago otherwise
 * </pre>
 *
 * <p>where {@link #after} may set a time that replaces D / 5 and D / 2. So the others wait for the member once, for
 * less than a deadline, instead of in every round. They do wait for a member that has taken no step yet. Has no effect
 * in a job without a deadline.
 *
 * <p>Thread-safe: the training thread enters and leaves; one timer thread serves all members of this JVM.
 */
final class Attendance implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attendance.class);
    private static final ScheduledExecutorService WATCH = Executors
        .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("eden4j-attendance").factory());

    private final Exchange exchange;
    /** Time set by {@link #after}; null for a fraction of the deadline. */
    private Duration told;
    /** True after the first step. */
    private boolean training;
    /** True between two epochs. */
    private boolean epochDone;
    /** True while the training thread is in a callback of the listener. */
    private boolean busy;
    private boolean paused;
    private boolean closed;
    /** True while a check of the clock is scheduled. */
    private boolean watched;
    private long firstNs;
    private long lastNs;
    private long exchangedNs;
    /** Moving average of the time between exchanges; 0 before the second. */
    private long meanRoundNs;

    Attendance(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Sets how long the network may take no step before its member pauses. */
    synchronized void after(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "the time after which a member pauses must not be negative, got " + time);
        }
        told = time;
    }

    /** Begins a callback of the listener. */
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

    /** Begins an exchange, which ends a pause. */
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

    /** Ends a callback of the listener. */
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
            LOG.info("the network takes no steps: this member pauses, and the others do not wait for it");
        } catch (TransportException e) {
            LOG.debug("the job has ended, as the next exchange will report", e);
        }
    }

    private long limitNs() {
        long deadlineNs = exchange.deadline().map(Duration::toNanos).orElse(0L);
        long baseNs = told != null ? told.toNanos() : epochDone ? deadlineNs / 5 : deadlineNs / 2;
        return Math.max(baseNs, 2 * (meanRoundNs != 0 ? meanRoundNs : lastNs - firstNs));
    }

    /** Pauses the member until its next exchange. */
    synchronized void pause() {
        if (!paused && !closed) {
            paused = true;
            exchange.pause();
        }
    }

    /** Stops pausing: the member is about to leave the job. */
    @Override
    public synchronized void close() {
        closed = true;
    }
}
