package org.eden4j.compressor.stochastic;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.kernel.Codebook;

/**
 * Kashin's representation followed by stochastic quantization (Lyubarskii and Vershynin, IEEE Trans. Inf. Theory 2010;
 * for mean estimation Safaryan, Shulgin, Richtarik 2021). The block is written in a random tight frame of twice its
 * dimension with uniformly small coefficients: clip, subtract, repeat, with a decreasing clipping level; the last
 * residual is added unclipped, so nothing is lost. Unbiased. Each coefficient takes {@code bits}, each coordinate twice
 * that.
 *
 * @param bits bits per coefficient, 1..8
 * @param iterations number of passes, 1..20; the last one does not clip
 */
public record Kashin(int bits, int iterations) implements Method {
    /** The method type: name, wire id 13, text form and examples. */
    public static final MethodType TYPE = MethodType.of("kashin", 13,
            p -> new Kashin(p.whole("bits"), (int) p.number("iterations", Kashin.DEFAULT_ITERATIONS)), "kashin:bits=2",
            "kashin:bits=7,iterations=1");

    public static final int DEFAULT_ITERATIONS = 3;

    public Kashin {
        Codebook.checkBits(bits);
        if (iterations < 1 || iterations > 20) {
            throw new IllegalArgumentException("iterations must be from 1 to 20, got " + iterations);
        }
    }

    @Override
    public double bitsPerCoordinate() {
        return 2.0 * bits;
    }

    @Override
    public int largestBlock() {
        return BlockLayout.LARGEST_BLOCK / 2;
    }

    @Override
    public boolean isUnbiased() {
        return true;
    }

    @Override
    public MethodType type() {
        return TYPE;
    }

    @Override
    public BlockCodec codec() {
        return new KashinCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return MinMaxGrid.HEADER_BYTES + BitStream.bytes(2L * BlockLayout.paddedSize(length) * bits);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE)
            .put("bits", bits)
            .put("iterations", Integer.toString(iterations), iterations != DEFAULT_ITERATIONS)
            .toString();
    }
}
