package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/**
 * A random orthonormal transform R of one block, the same for the same seed.
 *
 * <p>Factors that a transform can leave to a later step are left to it: each method says what remains, in double.
 */
interface Rotation {
    /**
     * y becomes y' with R x = f y'.
     *
     * @param x float32[size] off the heap, from byte {@code offset}; unchanged unless it is y
     * @param exponent of the largest magnitude in x
     * @param rounds rounds of signs and transform, for rotations that have any
     * @param y float32[size]; may be x itself, but not overlap it otherwise
     * @return f
     */
    double rotate(MemorySegment x, long offset, int size, long seed, int exponent, int rounds, MemorySegment y);

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
