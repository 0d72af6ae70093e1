package org.eden4j.transport.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.eden4j.transport.job.TransportException;

/**
 * Converts between Agrona's buffers, which have addresses, and memory segments.
 *
 * <p>Aeron's log buffers stay mapped as long as their image or publication. A payload in one is passed to the codec as
 * an address within {@link #ALL}, so no object is allocated and nothing is copied per frame; its length has been
 * checked against the fragment and the layout.
 */
public final class NativeMemory {
    /** The whole memory of the process; an offset is an address. */
    public static final MemorySegment ALL = all();

    private static final int CACHE_LINE = 64;
    /** Zeros to copy from, few enough to stay in the cache next to a block. */
    private static final MemorySegment ZEROS = allocate(Arena.global(), 4 * 1024);

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new TransportException("frames carry little-endian float32 in place, this machine is big-endian");
        }
    }

    private NativeMemory() {}

    @SuppressWarnings("restricted")
    private static MemorySegment all() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    /** Returns the address of {@code length} bytes of a buffer outside the heap. */
    static long address(DirectBuffer buffer, int offset, int length) {
        if (buffer.byteArray() != null) {
            throw new IllegalArgumentException("a log buffer on the heap");
        }
        buffer.boundsCheck(offset, length);
        return buffer.addressOffset() + offset;
    }

    /** Allocates zeroed memory that starts at a cache line. */
    public static MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(Math.max(bytes, 1), CACHE_LINE);
    }

    /**
     * Sets the coordinates {@code [first, end)} to zero by copying zeros: the JDK copies a cache line at a time, but
     * fills eight bytes at a time and stalls on memory outside the cache.
     */
    public static void zero(MemorySegment vector, long first, long end) {
        long endBytes = end * Float.BYTES;
        for (long start = first * Float.BYTES; start < endBytes; start += ZEROS.byteSize()) {
            MemorySegment.copy(ZEROS, 0, vector, start, Math.min(ZEROS.byteSize(), endBytes - start));
        }
    }

    /**
     * Multiplies the coordinates {@code [first, end)} by a factor, in runs copied to {@code run} on the heap, where
     * compilers vectorize the loop.
     */
    public static void scale(MemorySegment vector, long first, long end, float factor, float[] run) {
        for (long start = first; start < end; start += run.length) {
            int length = (int) Math.min(run.length, end - start);
            MemorySegment.copy(vector, ValueLayout.JAVA_FLOAT, start * Float.BYTES, run, 0, length);
            for (int i = 0; i < length; i++) {
                run[i] *= factor;
            }
            MemorySegment.copy(run, 0, vector, ValueLayout.JAVA_FLOAT, start * Float.BYTES, length);
        }
    }
}
