package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Selects the k-th largest magnitude of a block by radix selection: three passes over the bits of the floats, which
 * sort like the magnitudes. Takes O(d) time and, unlike sorting, does not allocate. Mutable scratch memory, not
 * thread-safe.
 */
public final class MagnitudeSelection {
    private static final int DIGIT_BITS = 11;
    /** The last digit overlaps the previous one by two bits, so that all three have the same width. */
    private static final int[] SHIFTS = {20, 9, 0};

    private final int[] counts = new int[1 << DIGIT_BITS];

    /** Returns the bits of the magnitude of a coordinate. */
    public static int magnitude(MemorySegment x, int i) {
        return x.getAtIndex(ScalarKernels.INT, i) & ScalarKernels.MAGNITUDE;
    }

    /**
     * Returns the bits of the magnitude with a given rank.
     *
     * @param x float32[n]
     * @param rank 1 for the largest, n for the smallest
     */
    public int largest(MemorySegment x, int n, int rank) {
        int prefix = 0;
        int known = 0;
        int left = rank;
        for (int shift : SHIFTS) {
            Arrays.fill(counts, 0);
            for (int i = 0; i < n; i++) {
                int magnitude = magnitude(x, i);
                if ((magnitude & known) == prefix) {
                    counts[magnitude >>> shift & counts.length - 1]++;
                }
            }
            int digit = counts.length - 1;
            while (left > counts[digit]) {
                left -= counts[digit--];
            }
            prefix |= digit << shift;
            known |= counts.length - 1 << shift;
        }
        return prefix;
    }
}
