package org.eden4j.compressor;

/**
 * EDEN (Vargaftik et al., ICML 2022): a random rotation, the Lloyd-Max codebook of N(0,1), one scale a block.
 *
 * <p>Unbiased with {@link ScaleRule#UNBIASED}; vNMSE D / (1 - D) for the distortion D of the codebook. A number of bits
 * that is not whole mixes two codebooks above 1 (D is their mean) and drops rotated coordinates below 1 (vNMSE
 * (1 + v) / bits - 1 with v that of one bit).
 *
 * @param bits bits per coordinate, in (0, 8]
 * @param scale the scale rule; {@link ScaleRule#UNBIASED} is EDEN proper
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation the rotation
 */
public record Eden(double bits, ScaleRule scale, Rounds rounds, RotationKind rotation) implements RotatedMethod {
    public Eden {
        RotatedMethod.checkBits(bits);
    }

    /** With the Hadamard rotation. */
    public Eden(double bits, ScaleRule scale, Rounds rounds) {
        this(bits, scale, rounds, RotationKind.HADAMARD);
    }

    /** EDEN with the unbiased scale and the default rounds. */
    public static Eden unbiased(double bits) {
        return new Eden(bits, ScaleRule.UNBIASED, Rounds.DEFAULT);
    }

    @Override
    public int wireId() {
        return 2;
    }

    @Override
    public String toString() {
        return MethodText.of("eden", bits, scale, ScaleRule.UNBIASED, rounds, rotation);
    }
}
