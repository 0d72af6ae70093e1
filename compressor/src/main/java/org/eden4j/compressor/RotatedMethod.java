package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * What EDEN and its relatives share: rotate, quantize each coordinate to the nearest centroid of a Lloyd-Max codebook,
 * send one scale. They differ in the scale rule.
 */
public sealed interface RotatedMethod extends Method permits Eden, Drive, TurboQuantMse, MatchedNorm {
    /** Bits per coordinate, in (0, 8]. */
    double bits();

    ScaleRule scale();

    Rounds rounds();

    RotationKind rotation();

    @Override
    default double bitsPerCoordinate() {
        return bits();
    }

    @Override
    default int largestBlock() {
        return rotation().largestBlock();
    }

    @Override
    default boolean isUnbiased() {
        return scale() == ScaleRule.UNBIASED;
    }

    @Override
    default OptionalDouble vnmse() {
        return OptionalDouble.of(scale().vnmse(Quantizer.distortion(bits())));
    }

    /** Checks a number of bits. */
    static void checkBits(double bits) {
        if (!(bits > 0 && bits <= Codebook.MAX_BITS)) {
            throw new IllegalArgumentException(
                    "bits must be above 0 and at most " + Codebook.MAX_BITS + ", got "
                            + MethodText.number(bits));
        }
    }
}
