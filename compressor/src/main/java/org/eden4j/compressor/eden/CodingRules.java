package org.eden4j.compressor.eden;

import java.util.OptionalDouble;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Kernels;

/** What a {@link Coding} makes of a number of bits: pure functions, and a quantizer. */
interface CodingRules {
    /** @throws IllegalArgumentException if it cannot have so many bits */
    void checkBits(double bits);

    /** Below this there is nothing to search; 0 is excluded. */
    default double fewestBits() {
        return 0;
    }

    /** The fewest bits with at most this expected error, to a {@link RotatedMethod#BITS_ACCURACY}; empty if there are none. */
    default OptionalDouble bitsForError(RotatedMethod method, double target, int size) {
        double low = fewestBits();
        double high = Codebook.MAX_BITS;
        if (!(expectedError(method, high, size) <= target)) {
            return OptionalDouble.empty();
        }
        while (high - low > RotatedMethod.BITS_ACCURACY) {
            double middle = (low + high) / 2;
            if (expectedError(method, middle, size) <= target) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return OptionalDouble.of(high);
    }

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

    /** The expected error of a block of normal coordinates by a method's scale and rounds, for any number of bits. */
    double expectedError(RotatedMethod method, double bits, int size);

    /** What a method's error exceeds as seldom as a normal number its mean by so many deviations; empty if that is not known. */
    default OptionalDouble errorBound(RotatedMethod method, int size, double sigmas) {
        return OptionalDouble.empty();
    }

    /** A quantizer of its own for one codec. */
    Quantizer quantizer(double bits, Kernels kernels);
}
