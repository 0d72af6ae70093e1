package org.eden4j.transport.media;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.eden4j.transport.job.TransportException;

/** Ends the waits of interrupted threads. Their interrupt flag stays set for the caller. */
public final class Interrupts {
    private static final String INTERRUPTED = "this thread was interrupted";

    private Interrupts() {}

    /**
     * Checks whether this thread was interrupted.
     *
     * @throws TransportException if this thread was interrupted
     */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new TransportException(INTERRUPTED);
        }
    }

    /**
     * Parks for about this time.
     *
     * @throws TransportException if this thread was or is interrupted
     */
    public static void park(long nanos) {
        LockSupport.parkNanos(nanos);
        check();
    }

    /**
     * Opens a resource, unless this thread was interrupted, when mapping files would fail with other exceptions.
     *
     * @throws TransportException if this thread was interrupted
     */
    static <T> T open(Supplier<T> opening) {
        check();
        try {
            return opening.get();
        } catch (Exception e) {
            if (Thread.currentThread().isInterrupted() && !(e instanceof TransportException)) {
                throw new TransportException(INTERRUPTED, e);
            }
            throw e;
        }
    }

    /** Returns the exception of a call that has caught an interrupt; sets the flag again. */
    public static TransportException failure(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new TransportException(INTERRUPTED, cause);
    }
}
