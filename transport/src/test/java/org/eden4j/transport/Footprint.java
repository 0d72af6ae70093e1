package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process: heap after a collection, anonymous memory, and log buffers of its media drivers. */
record Footprint(long heapBytes, long anonymousBytes, long logBufferBytes) {
    private static final long MEGABYTE = 1 << 20;
    /** Bound of anonymous memory: a heap that the collector has not shrunk, and compiled code. */
    private static final long MOST_ANONYMOUS = 256 * MEGABYTE;

    static Footprint now() throws IOException {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long anonymous = Files.readAllLines(Path.of("/proc/self/status"))
            .stream()
            .filter(line -> line.startsWith("RssAnon:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .findFirst()
            .orElseThrow();
        return new Footprint(heap, anonymous, DriverFiles.logBufferBytes());
    }

    /**
     * Measures the footprint after some work, once it is bounded or after a while: the compiler may hold a few hundred
     * megabytes while it compiles.
     */
    static Footprint after(Footprint before) throws IOException {
        Footprint after = now();
        long endNs = System.nanoTime() + Job.PATIENCE.toNanos();
        while (after.anonymousBytes - before.anonymousBytes >= MOST_ANONYMOUS && System.nanoTime() < endNs) {
            after = now();
        }
        return after;
    }

    /**
     * Compares with an earlier footprint.
     *
     * @param logBuffers bytes of log buffers that other peers may have opened
     */
    void assertBounded(Footprint before, long logBuffers) {
        System.out.printf("heap %+d KB, anonymous %+d KB, log buffers %+d KB%n", heapBytes - before.heapBytes >> 10,
                anonymousBytes - before.anonymousBytes >> 10, logBufferBytes - before.logBufferBytes >> 10);
        assertTrue(heapBytes - before.heapBytes < 16 * MEGABYTE, this + " after " + before);
        assertTrue(anonymousBytes - before.anonymousBytes < MOST_ANONYMOUS, this + " after " + before);
        assertTrue(logBufferBytes - before.logBufferBytes <= logBuffers, this + " after " + before);
    }
}
