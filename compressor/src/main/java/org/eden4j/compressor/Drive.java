package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * DRIVE (Vargaftik et al., NeurIPS 2021): the signs of the rotated vector and one scale; EDEN at one bit.
 *
 * @param scale the scale rule; {@link ScaleRule#UNBIASED} is the paper's for mean estimation
 * @param rounds rounds of signs and Hadamard transform
 */
public record Drive(ScaleRule scale, Rounds rounds) implements Method, RotatedMethod {
    /** DRIVE with the unbiased scale and the default rounds. */
    public static Drive unbiased() {
        return new Drive(ScaleRule.UNBIASED, Rounds.DEFAULT);
    }

    @Override
    public int bits() {
        return 1;
    }

    @Override
    public int wireId() {
        return 3;
    }

    @Override
    public double bitsPerCoordinate() {
        return 1;
    }

    @Override
    public boolean rotated() {
        return true;
    }

    @Override
    public OptionalDouble vnmse() {
        return OptionalDouble.of(scale.vnmse(Codebook.ofBits(1).distortion()));
    }

    @Override
    public String toString() {
        return MethodText.of("drive", scale, ScaleRule.UNBIASED, rounds);
    }
}
