package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Kernels;

/** What a {@link Coding} makes of a number of bits: pure functions, and a quantizer. */
interface CodingRules {
    /** @throws IllegalArgumentException if it cannot have so many bits */
    void checkBits(double bits);

    /** Whether the lengths of packed blocks vary with what is in them. */
    default boolean isVariable(double bits, int size) {
        return false;
    }

    /** The most bytes of a packed block. */
    int mostBytes(double bits, int size);

    /** The bytes of a packed block of normal coordinates on average. */
    default double expectedBytes(double bits, int size) {
        return mostBytes(bits, size);
    }

    /** D = 1 - cos^2 of the angle between a long block and its centroids. */
    double distortion(double bits);

    /** The asymptotic error with a scale rule. */
    double vnmse(ScaleRule rule, double bits);

    /** The expected error of a block of normal coordinates. */
    double expectedError(ScaleRule rule, double bits, int size);

    /** A quantizer of its own for one codec. */
    Quantizer quantizer(double bits, Kernels kernels);
}
