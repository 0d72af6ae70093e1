package org.eden4j.compressor.eden;

import java.util.OptionalDouble;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Kernels;

/** The properties of a {@link Coding} at a number of bits, as pure functions, and its quantizer. */
interface CodingRules {
    /** @throws IllegalArgumentException if the coding does not support this number of bits */
    void checkBits(double bits);

    /** Returns the lower limit, exclusive, of the search for a number of bits. */
    default double fewestBits() {
        return 0;
    }

    /**
     * Returns the fewest bits whose expected error is at most {@code target}, to within
     * {@link RotatedMethod#BITS_ACCURACY}; empty if there are none.
     */
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

    /** Returns the smallest number of rounds of the rotation that leaves no bias, for large blocks. */
    default int fewestRounds(double bits) {
        return 2;
    }

    /** Returns whether the length of a packed block depends on its content. */
    default boolean isVariable(double bits, int size) {
        return false;
    }

    /** Returns the largest length of a packed block, in bytes. */
    int mostBytes(double bits, int size);

    /** Returns the mean length of a packed block of normal coordinates, in bytes. */
    default double expectedBytes(double bits, int size) {
        return mostBytes(bits, size);
    }

    /** Returns D = 1 - cos^2 of the angle between a long block and its centroids. */
    double distortion(double bits);

    /** Returns the asymptotic error with a scale rule. */
    double vnmse(ScaleRule rule, double bits);

    /**
     * Returns the expected error of a block of normal coordinates with a method's scale and rounds, for any number of
     * bits.
     */
    double expectedError(RotatedMethod method, double bits, int size);

    /**
     * Returns the value a method's error exceeds as rarely as a normal variable exceeds its mean by {@code sigmas}
     * standard deviations; empty if unknown.
     */
    default OptionalDouble errorBound(RotatedMethod method, int size, double sigmas) {
        return OptionalDouble.empty();
    }

    /** Returns a new quantizer for one codec. */
    Quantizer quantizer(double bits, Kernels kernels);
}
