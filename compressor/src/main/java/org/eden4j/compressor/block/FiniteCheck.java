package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;

/** Rejects gradients with NaN or infinities. */
public final class FiniteCheck {
    private static final int INFINITY_BITS = 0x7f800000;

    private FiniteCheck() {}

    /**
     * Returns the largest magnitude of a block, as the bits of a float.
     *
     * @param x float32[n] from byte {@code offset}
     * @param first first coordinate of the block in the gradient, for the error
     * @throws NonFiniteGradientException if the block has a NaN or an infinity
     */
    public static int maxAbsBits(Kernels kernels, MemorySegment x, long offset, int n, long first) {
        int max = kernels.maxAbsBits(x, offset, n);
        if (max >= INFINITY_BITS) {
            throw firstAbove(x.asSlice(offset), n, first, Float.MAX_VALUE,
                    "it would make the mean non-finite for all workers; lower the learning rate or clip gradients");
        }
        return max;
    }

    /** Creates the error for the first coordinate whose magnitude is not at most {@code limit}. */
    public static NonFiniteGradientException firstAbove(MemorySegment x, int n, long first, float limit, String cure) {
        for (int i = 0; i < n; i++) {
            float value = x.getAtIndex(ScalarKernels.FLOAT, i);
            if (!(Math.abs(value) <= limit)) {
                return new NonFiniteGradientException(first + i, value, cure);
            }
        }
        throw new AssertionError("no coordinate above " + limit);
    }
}
