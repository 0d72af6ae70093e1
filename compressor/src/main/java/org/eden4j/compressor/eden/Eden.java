package org.eden4j.compressor.eden;

import org.eden4j.compressor.MethodType;

/**
 * EDEN (Vargaftik et al., ICML 2022): a random rotation, the Lloyd-Max codebook of N(0,1), and one scale per block.
 *
 * <p>Unbiased with {@link ScaleRule#UNBIASED}, with vNMSE D / (1 - D) for the distortion D of the codebook. A
 * fractional number of bits above 1 mixes two codebooks (D is the mean of their distortions); below 1, rotated
 * coordinates are dropped (vNMSE (1 + v) / bits - 1, where v is the vNMSE of one bit).
 *
 * <p>That is plain EDEN. Another {@link Coding} uses a trellis, and possibly entropy coding, with the same rotation and
 * scale rules.
 *
 * <p><b>Bias.</b> Without trellis and entropy coding, with {@link ScaleRule#UNBIASED}, the default rounds and the
 * Hadamard rotation, |E x^ - x|^2 &lt;= 3e-5 |x|^2 for any block of at least 128 coordinates at up to 4 bits, 1.3e-4
 * |x|^2 at 5 bits, and 3e-6 |x|^2 from 6 bits on: three times the largest values a search for the worst inputs found.
 * In blocks without a few dominating coordinates, and in blocks with only a few non-zero coordinates, no bias could be
 * measured. {@link LatticeDither} explains why.
 *
 * @param bits bits per coordinate, in (0, 8]; in [.1, 8] with entropy coding; 1, 2, 3 or 4 with a trellis alone
 * @param scale scale rule; {@link ScaleRule#UNBIASED} is EDEN proper
 * @param rounds rounds of signs and Hadamard transform
 * @param rotation kind of rotation
 * @param coding how coordinates are coded
 */
public record Eden(double bits, ScaleRule scale, HadamardRounds rounds, RotationKind rotation,
        Coding coding) implements RotatedMethod {
    /** The method type: name, wire id 2, text form and examples. */
    public static final MethodType TYPE = MethodType.of("eden", 2,
            p -> new Eden(RotatedMethod.bits(p), RotatedMethod.scale(p), RotatedMethod.rounds(p),
                    RotatedMethod.rotation(p), Coding.parse(p)),
            "eden:bits=0.3", "eden:bits=1", "eden:bits=2.5", "eden:bits=3,rounds=1", "eden:bits=4",
            "eden:bits=4,rounds=auto", "eden:bits=5,rotation=haar", "eden:bits=8,scale=matched",
            "eden:bits=0.15,coding=entropy", "eden:bits=0.7,coding=entropy", "eden:bits=2,coding=entropy",
            "eden:bits=3.3,scale=unit,rounds=auto,coding=entropy", "eden:bits=6.5,scale=biased,coding=entropy",
            "eden:bits=2.5,coding=entropy,states=32", "eden:bits=2,coding=trellis",
            "eden:bits=4,coding=trellis,states=64");

    public Eden {
        coding.rules().checkBits(bits);
    }

    /** Creates the method with fixed-length indices. */
    public Eden(double bits, ScaleRule scale, HadamardRounds rounds, RotationKind rotation) {
        this(bits, scale, rounds, rotation, Coding.FIXED);
    }

    /** Creates the method with the Hadamard rotation. */
    public Eden(double bits, ScaleRule scale, HadamardRounds rounds) {
        this(bits, scale, rounds, RotationKind.HADAMARD);
    }

    /** Returns EDEN with the unbiased scale and the default rounds. */
    public static Eden unbiased(double bits) {
        return new Eden(bits, ScaleRule.UNBIASED, HadamardRounds.DEFAULT);
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public String toString() {
        return coding.append(RotatedMethod.text(TYPE, bits, scale, ScaleRule.UNBIASED, rounds, rotation));
    }
}
