package org.eden4j.transport.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eden4j.transport.job.TransportException;

/**
 * Checks that a file system has room for a media driver: an error at the start is better than a bus error in the middle
 * of a job.
 */
final class DriverSpace {
    /** Bytes of an idle driver with the buffer lengths of {@link MediaDriverHost}, rounded up. */
    static final long IDLE_DRIVER_BYTES = 14L << 20;
    private static final long MEGABYTE = 1 << 20;

    private DriverSpace() {}

    /** Returns the space that a driver takes for a number of log buffers. */
    static long needed(long logBuffers, LinkLengths lengths) {
        return IDLE_DRIVER_BYTES + logBuffers * lengths.log();
    }

    /**
     * Compares the required space with the free space.
     *
     * @param parent an existing directory
     * @throws TransportException if there is too little space, with both numbers and the cure
     */
    static void check(Path parent, long logBuffers, LinkLengths lengths) {
        long free;
        try {
            free = Files.getFileStore(parent).getUsableSpace();
        } catch (IOException e) {
            throw new TransportException("cannot determine the free space of " + parent + ": " + e.getMessage(), e);
        }
        check(parent, free, needed(logBuffers, lengths));
    }

    static void check(Path parent, long free, long needed) {
        if (free < needed) {
            throw new TransportException(
                    parent + " has " + free / MEGABYTE + " MB free, the embedded media driver needs "
                            + (needed + MEGABYTE - 1) / MEGABYTE + " MB: mount it larger or set aeron.dir");
        }
    }
}
