package org.eden4j.compressor.eden;

import org.eden4j.compressor.MethodType;

/**
 * TurboQuant+ with matched norm: EDEN's quantizer with the scale that preserves the norm of x. Biased.
 *
 * @param bits bits per coordinate, in (0, 8]
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation kind of rotation
 */
public record MatchedNorm(double bits, HadamardRounds rounds, RotationKind rotation) implements RotatedMethod {
    /** The method type: name, wire id 5, text form and examples. */
    public static final MethodType TYPE = MethodType.of("matched-norm", 5,
            p -> new MatchedNorm(RotatedMethod.bits(p), RotatedMethod.rounds(p), RotatedMethod.rotation(p)),
            "matched-norm:bits=6");

    public MatchedNorm {
        RotatedMethod.checkBits(bits);
    }

    /** Creates the method with the Hadamard rotation. */
    public MatchedNorm(double bits, HadamardRounds rounds) {
        this(bits, rounds, RotationKind.HADAMARD);
    }

    @Override
    public ScaleRule scale() {
        return ScaleRule.MATCHED_NORM;
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public String toString() {
        return RotatedMethod.text(TYPE, bits, scale(), scale(), rounds, rotation);
    }
}
