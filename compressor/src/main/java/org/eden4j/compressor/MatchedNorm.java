package org.eden4j.compressor;

/**
 * TurboQuant+ with matched norm: EDEN's quantizer with the scale that keeps the norm of x. Biased.
 *
 * @param bits bits per coordinate, in (0, 8]
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation the rotation
 */
public record MatchedNorm(double bits, Rounds rounds, RotationKind rotation) implements RotatedMethod {
    public MatchedNorm {
        RotatedMethod.checkBits(bits);
    }

    /** With the Hadamard rotation. */
    public MatchedNorm(double bits, Rounds rounds) {
        this(bits, rounds, RotationKind.HADAMARD);
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
    public String toString() {
        return MethodText.of("matched-norm", bits, scale(), scale(), rounds, rotation);
    }
}
