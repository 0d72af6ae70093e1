package org.eden4j.compressor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The working memory of a codec: off the heap and 64-byte aligned, where the kernels run 15-30 % faster than on float[]
 * and have none of its slow outcomes. Grows to the largest block met, is freed with the codec by the garbage collector.
 */
final class Scratch {
    private static final int ALIGNMENT = 64;

    private int size;
    private MemorySegment coordinates = MemorySegment.NULL;
    private MemorySegment centroids = MemorySegment.NULL;
    private MemorySegment signWords = MemorySegment.NULL;
    private MemorySegment bytes = MemorySegment.NULL;

    /** Makes room for a block of {@code size} coordinates; what was there may be lost. */
    void ensure(int size) {
        if (size <= this.size) {
            return;
        }
        Arena arena = Arena.ofAuto();
        coordinates = arena.allocate(4L * size, ALIGNMENT);
        centroids = arena.allocate(4L * size, ALIGNMENT);
        signWords = arena.allocate(4L * Kernels.signWordCount(size), ALIGNMENT);
        bytes = arena.allocate(4L * size, ALIGNMENT);
        this.size = size;
    }

    /**
     * A piece of a float32 array to add to: the array itself where it is off the heap, a copy where it is on it. Adding
     * starts at byte {@link #sumOffset}; {@link #writeBack} ends it.
     */
    MemorySegment sum(MemorySegment sum, long first, int length) {
        if (sum.isNative()) {
            return sum;
        }
        MemorySegment.copy(sum, 4 * first, centroids, 0, 4L * length);
        return centroids;
    }

    static long sumOffset(MemorySegment sum, long first) {
        return sum.isNative() ? 4 * first : 0;
    }

    void writeBack(MemorySegment sum, long first, int length) {
        if (!sum.isNative()) {
            MemorySegment.copy(centroids, 0, sum, 4 * first, 4L * length);
        }
    }

    /** float32: the block itself. */
    MemorySegment coordinates() {
        return coordinates;
    }

    /** float32 or int32: centroids, indices, or a piece of a sum that lives on the heap. */
    MemorySegment centroids() {
        return centroids;
    }

    /** int32: see {@link Kernels#signWords}. */
    MemorySegment signWords() {
        return signWords;
    }

    /** Bytes of a payload that lives on the heap. */
    MemorySegment bytes() {
        return bytes;
    }
}
