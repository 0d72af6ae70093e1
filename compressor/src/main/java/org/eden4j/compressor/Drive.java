package org.eden4j.compressor;

/**
 * DRIVE (Vargaftik et al., NeurIPS 2021): the signs of the rotated vector and one scale; EDEN at one bit.
 *
 * @param scale the scale rule; {@link ScaleRule#UNBIASED} is the paper's for mean estimation
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation the rotation
 */
public record Drive(ScaleRule scale, Rounds rounds, RotationKind rotation) implements RotatedMethod {
    /** With the Hadamard rotation. */
    public Drive(ScaleRule scale, Rounds rounds) {
        this(scale, rounds, RotationKind.HADAMARD);
    }

    /** DRIVE with the unbiased scale and the default rounds. */
    public static Drive unbiased() {
        return new Drive(ScaleRule.UNBIASED, Rounds.DEFAULT);
    }

    @Override
    public double bits() {
        return 1;
    }

    @Override
    public int wireId() {
        return 3;
    }

    @Override
    public String toString() {
        return MethodText.of("drive", 0, scale, ScaleRule.UNBIASED, rounds, rotation);
    }
}
