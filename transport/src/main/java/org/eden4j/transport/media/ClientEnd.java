package org.eden4j.transport.media;

import io.aeron.exceptions.AeronException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the errors of an Aeron client, and delays its end where an error ends it, such as a lost media driver. The
 * client's own thread unmaps all logs 16 ms later, and an agent that was preempted while it read a frame would crash
 * the JVM. A client that we close has no such reader.
 */
final class ClientEnd implements ErrorHandler, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientEnd.class);
    /** Time that an agent has for one duty cycle, on a busy machine. */
    private static final long LINGER_NS = TimeUnit.SECONDS.toNanos(1);

    /** Set by the client's thread. */
    private boolean fatal;

    @Override
    public void onError(Throwable error) {
        fatal |= error instanceof AeronException reason && reason.category() == AeronException.Category.FATAL;
        LOG.warn("Aeron client: {}", error.getMessage());
    }

    /** Called by the client's thread before it unmaps its logs. */
    @Override
    public void run() {
        long endNs = System.nanoTime() + LINGER_NS;
        while (fatal && System.nanoTime() - endNs < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(endNs - System.nanoTime());
        }
    }
}
