package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * TurboQuant+ with matched norm: EDEN's quantizer with the scale that keeps the norm of x. Biased.
 *
 * @param bits bits per coordinate, 1..8
 * @param rounds rounds of signs and Hadamard transform
 */
public record MatchedNorm(int bits, Rounds rounds) implements Method, RotatedMethod {
    public MatchedNorm {
        Codebook.checkBits(bits);
    }

    @Override
    public ScaleRule scale() {
        return ScaleRule.MATCHED_NORM;
    }

    @Override
    public int wireId() {
        return 5;
    }

    @Override
    public double bitsPerCoordinate() {
        return bits;
    }

    @Override
    public boolean rotated() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.of(scale().vnmse(Codebook.ofBits(bits).distortion()));
    }

    @Override
    public String toString() {
        return MethodText.of("matched-norm:bits=" + bits, scale(), scale(), rounds);
    }
}
