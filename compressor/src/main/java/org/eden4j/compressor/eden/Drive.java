package org.eden4j.compressor.eden;

import org.eden4j.compressor.MethodType;

/**
 * DRIVE (Vargaftik et al., NeurIPS 2021): the signs of the rotated vector and one scale. Identical to EDEN at one bit.
 *
 * @param scale scale rule; {@link ScaleRule#UNBIASED} is the paper's for mean estimation
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation kind of rotation
 */
public record Drive(ScaleRule scale, HadamardRounds rounds, RotationKind rotation) implements RotatedMethod {
    /** The method type: name, wire id 3, text form and examples. */
    public static final MethodType TYPE = MethodType.of("drive", 3,
            p -> new Drive(RotatedMethod.scale(p), RotatedMethod.rounds(p), RotatedMethod.rotation(p)), "drive",
            "drive:scale=biased");

    /** Creates the method with the Hadamard rotation. */
    public Drive(ScaleRule scale, HadamardRounds rounds) {
        this(scale, rounds, RotationKind.HADAMARD);
    }

    /** Returns DRIVE with the unbiased scale and the default rounds. */
    public static Drive unbiased() {
        return new Drive(ScaleRule.UNBIASED, HadamardRounds.DEFAULT);
    }

    @Override
    public double bits() {
        return 1;
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public String toString() {
        return RotatedMethod.text(TYPE, 0, scale, ScaleRule.UNBIASED, rounds, rotation);
    }
}
