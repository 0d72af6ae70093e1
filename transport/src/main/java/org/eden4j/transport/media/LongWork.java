package org.eden4j.transport.media;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eden4j.transport.wire.Protocol;

/**
 * Runs a memory-intensive step of a duty cycle on another thread, while the calling agent, which owns the publications,
 * continues to send heartbeats: at a dimension of 600 million, zeroing one vector takes seconds, and a member that is
 * silent for {@link Protocol#MEMBER_LIVENESS_NS} counts as lost.
 *
 * <p>The caller waits for the step to end and sends only heartbeats meanwhile. Steps below {@link #SHORT_BYTES} run on
 * the calling thread. Not thread-safe.
 */
public final class LongWork {
    /** Bytes that are processed within tens of milliseconds even if every page is new. */
    public static final long SHORT_BYTES = 64L << 20;
    private static final Executor POOL = Executors.newCachedThreadPool(LongWork::daemon);

    private final Runnable sign;

    /** @param sign sends a heartbeat; called every {@link Protocol#HEARTBEAT_NS} */
    public LongWork(Runnable sign) {
        this.sign = sign;
    }

    private static Thread daemon(Runnable run) {
        Thread thread = new Thread(run, "eden4j-long-work");
        thread.setDaemon(true);
        return thread;
    }

    /** Runs a step that processes this number of bytes. */
    public void run(long bytes, Runnable step) {
        call(bytes, () -> {
            step.run();
            return null;
        });
    }

    /** Sends a heartbeat; returns its exception, which is thrown once the step has ended. */
    private RuntimeException give() {
        try {
            sign.run();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** As {@link #run}, with a result; an exception of the step is thrown here. */
    public <T> T call(long bytes, Supplier<T> step) {
        if (bytes < SHORT_BYTES) {
            return step.get();
        }
        FutureTask<T> task = new FutureTask<>(step::get);
        POOL.execute(task);
        boolean interrupted = false;
        RuntimeException failure = null;
        try {
            while (true) {
                try {
                    T result = task.get(Protocol.HEARTBEAT_NS, TimeUnit.NANOSECONDS);
                    if (failure != null) {
                        throw failure;
                    }
                    return result;
                } catch (TimeoutException e) {
                    failure = failure == null ? give() : failure;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
