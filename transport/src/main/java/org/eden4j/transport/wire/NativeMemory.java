package org.eden4j.transport.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.eden4j.transport.job.TransportException;

/**
 * Bridges Agrona's buffers, which know addresses, and memory segments.
 *
 * <p>Aeron's log buffers are mapped for as long as an image or a publication lives. A payload in one is handed to the
 * codec as an address within {@link #ALL}, so that nothing is allocated or copied a frame; its length was checked
 * against the fragment and the layout before.
 */
public final class NativeMemory {
    /** All of the process's memory; the offset is an address. */
    public static final MemorySegment ALL = all();

    private static final int CACHE_LINE = 64;
    /** Stays in the cache beside a block. */
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

    /** The address of {@code length} bytes of a buffer outside the heap. */
    static long address(DirectBuffer buffer, int offset, int length) {
        if (buffer.byteArray() != null) {
            throw new IllegalArgumentException("a log buffer on the heap");
        }
        buffer.boundsCheck(offset, length);
        return buffer.addressOffset() + offset;
    }

    /** Zeroed memory that starts at a cache line. */
    public static MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(Math.max(bytes, 1), CACHE_LINE);
    }

    /**
     * Fills the coordinates {@code [first, end)} with zero: by copies of zeros, which the JDK stores a cache line at a time,
     * where it fills eight bytes at a time and waits for memory that is not in the cache.
     */
    public static void zero(MemorySegment vector, long first, long end) {
        long endBytes = end * Float.BYTES;
        for (long start = first * Float.BYTES; start < endBytes; start += ZEROS.byteSize()) {
            MemorySegment.copy(ZEROS, 0, vector, start, Math.min(ZEROS.byteSize(), endBytes - start));
        }
    }

    /** Multiplies the coordinates {@code [first, end)}, a run at a time on the heap, where compilers know how. */
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
