package org.eden4j.compressor.eden;

import org.eden4j.compressor.MethodType;

/**
 * TurboQuant-mse (Zandieh, Daliri, Hadian, Mirrokni 2025): EDEN's quantizer with the scale |x| / sqrt(d). Biased.
 *
 * @param bits bits per coordinate, in (0, 8]
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation kind of rotation
 */
public record TurboQuantMse(double bits, HadamardRounds rounds, RotationKind rotation) implements RotatedMethod {
    /** The method type: name, wire id 4, text form and examples. */
    public static final MethodType TYPE = MethodType.of("turboquant-mse", 4,
            p -> new TurboQuantMse(RotatedMethod.bits(p), RotatedMethod.rounds(p), RotatedMethod.rotation(p)),
            "turboquant-mse:bits=4");

    public TurboQuantMse {
        RotatedMethod.checkBits(bits);
    }

    /** Creates the method with the Hadamard rotation. */
    public TurboQuantMse(double bits, HadamardRounds rounds) {
        this(bits, rounds, RotationKind.HADAMARD);
    }

    @Override
    public ScaleRule scale() {
        return ScaleRule.UNIT;
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
