package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process holds: heap after a collection, anonymous memory, log buffers of its media drivers.
 */
record Footprint(long heapBytes, long anonymousBytes, long logBufferBytes) {
    private static final long MEGABYTE = 1 << 20;

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
     * Compares with what it was before.
     *
     * @param logBuffers bytes of log buffers that strangers may have opened
     */
    void assertBounded(Footprint before, long logBuffers) {
        System.out.printf("heap %+d KB, anonymous %+d KB, log buffers %+d KB%n", heapBytes - before.heapBytes >> 10,
                anonymousBytes - before.anonymousBytes >> 10, logBufferBytes - before.logBufferBytes >> 10);
        assertTrue(heapBytes - before.heapBytes < 16 * MEGABYTE, this + " after " + before);
        // a heap that a collector has not shrunk, and compiled code
        assertTrue(anonymousBytes - before.anonymousBytes < 256 * MEGABYTE, this + " after " + before);
        assertTrue(logBufferBytes - before.logBufferBytes <= logBuffers, this + " after " + before);
    }
}
