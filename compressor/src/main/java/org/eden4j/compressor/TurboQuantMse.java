package org.eden4j.compressor;

/**
 * TurboQuant-mse (Zandieh, Daliri, Hadian, Mirrokni 2025): EDEN's quantizer with the scale |x| / sqrt(d). Biased.
 *
 * @param bits bits per coordinate, in (0, 8]
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation the rotation
 */
public record TurboQuantMse(double bits, Rounds rounds, RotationKind rotation) implements RotatedMethod {
    public TurboQuantMse {
        RotatedMethod.checkBits(bits);
    }

    /** With the Hadamard rotation. */
    public TurboQuantMse(double bits, Rounds rounds) {
        this(bits, rounds, RotationKind.HADAMARD);
    }

    @Override
    public ScaleRule scale() {
        return ScaleRule.UNIT;
    }

    @Override
    public int wireId() {
        return 4;
    }

    @Override
    public String toString() {
        return MethodText.of("turboquant-mse", bits, scale(), scale(), rounds, rotation);
    }
}
