package org.eden4j.compressor.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.VectorTransform;

/**
 * The working memory of a codec. It is off-heap and 64-byte aligned: kernels run 15-30 % faster there than on float[],
 * without the occasional slow compilation. Grows to the largest block seen so far; the garbage collector frees it with
 * the codec.
 */
public final class Scratch {
    private static final int ALIGNMENT = 64;
    /**
     * Distance between the loads and stores of a leaf's last pass, so addresses matter modulo this. For other loops it
     * would be 4096, since processors compare the low twelve bits of addresses first.
     */
    private static final int ARM_BYTES = Float.BYTES * VectorTransform.LAST_STRIDE;
    /** Distance from the first position of the coordinates to the second. */
    private static final int SHIFT_BYTES = ARM_BYTES / 2;
    /** A store at most this far ahead of the next loads delays them; 192 bytes were measured. */
    private static final int TOO_NEAR_BYTES = ARM_BYTES / 4;

    private int size;
    private MemorySegment coordinates = MemorySegment.NULL;
    private MemorySegment shiftedCoordinates = MemorySegment.NULL;
    private MemorySegment centroids = MemorySegment.NULL;
    private MemorySegment signWords = MemorySegment.NULL;
    private MemorySegment bytes = MemorySegment.NULL;
    private MemorySegment sum = MemorySegment.NULL;

    /** Makes room for a block of {@code size} coordinates. The previous content may be lost. */
    public void ensure(int size) {
        if (size <= this.size) {
            return;
        }
        MemorySegment twoPlaces = allocate(4L * size + SHIFT_BYTES);
        coordinates = twoPlaces.asSlice(0, 4L * size);
        shiftedCoordinates = twoPlaces.asSlice(SHIFT_BYTES);
        centroids = allocate(4L * size);
        signWords = allocate(4L * Kernels.MOST_ROUNDS * Kernels.signWordCount(size));
        this.size = size;
    }

    private static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }

    /** Sets x[i] to 0 for i from {@code from} to {@code to}, exclusive. May allocate a slice. */
    public static void zero(MemorySegment x, int from, int to) {
        for (int i = from; i < to; i++) {
            x.setAtIndex(ScalarKernels.FLOAT, i, 0);
        }
    }

    /** Sets {@code count} bytes from an offset to 0. */
    public static void zeroBytes(MemorySegment bytes, long offset, int count) {
        for (int i = 0; i < count; i++) {
            bytes.set(ValueLayout.JAVA_BYTE, offset + i, (byte) 0);
        }
    }

    /** Returns the block itself, float32. */
    public MemorySegment coordinates() {
        return coordinates;
    }

    /**
     * Returns the coordinates at one of two positions, for a loop that reads them and writes other memory from byte
     * {@code offset}. The position is chosen so that the next loads do not look like pending stores.
     */
    public MemorySegment coordinatesApartFrom(MemorySegment written, long offset) {
        long ahead = written.address() + offset - coordinates.address() & ARM_BYTES - 1;
        return ahead > 0 && ahead < TOO_NEAR_BYTES ? shiftedCoordinates : coordinates;
    }

    /** Returns memory for float32 or int32 values: indices, centroids or a second block. */
    public MemorySegment centroids() {
        return centroids;
    }

    /** Returns the sign words of all rounds, int32; see {@link Kernels#signWords}. */
    public MemorySegment signWords() {
        return signWords;
    }

    /** Returns memory for a copy of an on-heap payload. */
    MemorySegment bytes(long byteCount) {
        if (bytes.byteSize() < byteCount) {
            bytes = allocate(byteCount);
        }
        return bytes;
    }

    /** Returns memory for a copy of a slice of an on-heap sum. */
    public MemorySegment sum(long byteCount) {
        if (sum.byteSize() < byteCount) {
            sum = allocate(byteCount);
        }
        return sum;
    }
}
