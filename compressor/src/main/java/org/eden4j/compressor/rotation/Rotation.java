package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;

/**
 * A random orthonormal transform R of one block, the same for the same seed.
 *
 * <p>Factors that a transform can leave to a later step are left to it: each method says what remains, in double.
 */
public interface Rotation {
    /**
     * x becomes x' with R from = f x'.
     *
     * @param from float32[size] off the heap, from byte {@code fromOffset}; unchanged unless it is x
     * @param exponent of the largest magnitude in it
     * @param rounds rounds of signs and transform, for rotations that have any
     * @param x float32[size]; may be {@code from}, but not overlap it otherwise
     * @return f
     */
    double rotate(
            MemorySegment from, long fromOffset, int size, long seed, int exponent, int rounds, MemorySegment x);

    /**
     * Adds {@code factor} times the inverse rotation of x to the sum.
     *
     * @param x float32[size] of moderate magnitudes, overwritten
     * @param length coordinates of the block that exist in the sum, at most {@code size}
     * @param sum float32, off the heap
     * @param sumOffset first byte in {@code sum}
     */
    void addInverse(
            MemorySegment x, int size, long seed, int rounds, double factor, MemorySegment sum, long sumOffset,
            int length);
}
