package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;

/**
 * A random orthonormal transform R of one block; equal seeds give equal transforms.
 *
 * <p>Factors that can be applied later are not applied by the transform: each method returns or states the remaining
 * factor, in double precision.
 */
public interface Rotation {
    /**
     * Computes x' with R from = f x' and stores it in x.
     *
     * @param from float32[size] off-heap, from byte {@code fromOffset}; unchanged unless it is x
     * @param exponent binary exponent of its largest magnitude
     * @param rounds rounds of signs and transform, for rotations that have rounds
     * @param x float32[size]; may be {@code from}, but must not overlap it otherwise
     * @return f
     */
    double rotate(
            MemorySegment from, long fromOffset, int size, long seed, int exponent, int rounds, MemorySegment x);

    /**
     * Adds {@code factor} times the inverse rotation of x to the sum.
     *
     * @param x float32[size] of moderate magnitudes, overwritten
     * @param length number of coordinates of the block in the sum, at most {@code size}
     * @param sum float32, off-heap
     * @param sumOffset offset of the first byte in {@code sum}
     */
    void addInverse(
            MemorySegment x, int size, long seed, int rounds, double factor, MemorySegment sum, long sumOffset,
            int length);
}
