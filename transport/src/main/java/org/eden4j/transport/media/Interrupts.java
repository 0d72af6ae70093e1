package org.eden4j.transport.media;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.eden4j.transport.job.TransportException;

/** Ends waits of threads that were interrupted. Their flag stays set: whoever sent the interrupt is not forgotten. */
public final class Interrupts {
    private static final String INTERRUPTED = "this thread was interrupted";

    private Interrupts() {}

    /**
     * Goes on, unless this thread was interrupted.
     *
     * @throws TransportException if it was
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
     * Opens something, unless this thread is interrupted: files that are being mapped end in exceptions of their own then.
     *
     * @throws TransportException if it was interrupted
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

    /** What a call fails with that has caught an interrupt; sets the flag again. */
    public static TransportException failure(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new TransportException(INTERRUPTED, cause);
    }
}
