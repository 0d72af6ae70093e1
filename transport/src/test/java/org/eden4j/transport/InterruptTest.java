package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads that are interrupted while they wait for others. */
@Timeout(60)
class InterruptTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    /** Well below the 20 s that each call may wait; closing an embedded media driver takes part of it. */
    private static final long AT_ONCE_MS = 3000;

    /** Interrupts a call once it waits; returns the exception with which it ended. */
    private static TransportException interrupted(Runnable call)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<TransportException> end = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                call.run();
                end.completeExceptionally(new AssertionError("the call succeeded"));
            } catch (TransportException e) {
                if (Thread.currentThread().isInterrupted()) {
                    end.complete(e);
                } else {
                    end.completeExceptionally(new AssertionError("the interrupted flag is lost", e));
                }
            } catch (RuntimeException e) {
                end.completeExceptionally(e);
            }
        });
        caller.start();
        Job.await("the call waits", () -> isWaiting(caller));
        caller.interrupt();
        return end.get(AT_ONCE_MS, TimeUnit.MILLISECONDS);
    }

    private static boolean isWaiting(Thread caller) {
        for (StackTraceElement frame : caller.getStackTrace()) {
            if (frame.getMethodName().equals("get") || frame.getMethodName().equals("join")
                    && frame.getClassName().equals(CompletableFuture.class.getName())
                    || frame.getMethodName().equals("shared")) {
                return caller.getState() == Thread.State.WAITING || caller.getState() == Thread.State.TIMED_WAITING;
            }
        }
        return false;
    }

    @Test
    void shouldStopLookingForAnAggregator() throws Exception {
        TransportException e = interrupted(() -> Worker.builder(JobAddress.udp("127.0.0.1", 9), 100, METHOD)
            .joinTimeout(Duration.ofSeconds(20))
            .join());
        assertEquals("cannot join udp:127.0.0.1:9: this thread was interrupted", e.getMessage());
    }

    @Test
    void shouldStopLookingForAMediaDriver(@TempDir Path empty) throws Exception {
        TransportException e = interrupted(() -> Worker.builder(JobAddress.ipc(empty, 7), 100, METHOD)
            .joinTimeout(Duration.ofSeconds(20))
            .join());
        assertTrue(e.getMessage().contains("this thread was interrupted"), e.getMessage());
        e = interrupted(() -> Aggregator.builder(JobAddress.ipc(empty, 7), 2, METHOD)
            .joinTimeout(Duration.ofSeconds(20))
            .start());
        assertTrue(e.getMessage().contains("this thread was interrupted"), e.getMessage());
    }

    @Test
    void shouldLeaveNoMemberBehindThatNobodyHas() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 1, METHOD)) {
            Thread.currentThread().interrupt();
            try {
                job.join(0, 100);
                throw new AssertionError("the join succeeded");
            } catch (TransportException e) {
                assertTrue(Thread.interrupted(), "the interrupted flag is lost");
            }
            Worker worker = job.join(0, 100);
            assertEquals(1, Job.exchange(worker, new float[100], 1).result().contributors());
        }
    }
}
