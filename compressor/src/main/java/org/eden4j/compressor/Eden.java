package org.eden4j.compressor;

import java.util.OptionalDouble;

/**
 * EDEN (Vargaftik et al., ICML 2022): a random rotation, the Lloyd-Max codebook of N(0,1), one scale a block.
 *
 * @param bits bits per coordinate, 1..8
 * @param scale the scale rule; {@link ScaleRule#UNBIASED} is EDEN proper
 * @param rounds rounds of signs and Hadamard transform
 */
public record Eden(int bits, ScaleRule scale, Rounds rounds) implements Method, RotatedMethod {
    public Eden {
        Codebook.checkBits(bits);
    }

    /** EDEN with the unbiased scale and the default rounds. */
    public static Eden unbiased(int bits) {
        return new Eden(bits, ScaleRule.UNBIASED, Rounds.DEFAULT);
    }

    @Override
    public int wireId() {
        return 2;
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
        return OptionalDouble.of(scale.vnmse(Codebook.ofBits(bits).distortion()));
    }

    @Override
    public String toString() {
        return MethodText.of("eden:bits=" + bits, scale, ScaleRule.UNBIASED, rounds);
    }
}
