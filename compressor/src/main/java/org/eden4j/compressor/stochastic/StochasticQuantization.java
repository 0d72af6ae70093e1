package org.eden4j.compressor.stochastic;

import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.rotation.SharedRotation;

/**
 * Stochastic quantization to 2^bits levels spaced evenly from the smallest to the largest coordinate of the block; each
 * coordinate is rounded up or down at random so that its mean is exact (Suresh, Yu, Kumar, McMahan, ICML 2017, section
 * 2.2; with the rotation section 3). Unbiased. The mean squared error of a coordinate is at most the square of half the
 * spacing.
 *
 * @param bits bits per coordinate, 1..8
 * @param rotate whether the block is rotated first, which reduces the range to O(sqrt(log d / d)) of the norm
 */
public record StochasticQuantization(int bits, boolean rotate) implements Method {
    /** The method type: name, wire id 7, text form and examples. */
    public static final MethodType TYPE = MethodType.of("sq", 7,
            p -> new StochasticQuantization(p.whole("bits"), p.truth("rotate")), "sq:bits=3", "sq:bits=1,rotate=true");

    public StochasticQuantization {
        Codebook.checkBits(bits);
    }

    @Override
    public double bitsPerCoordinate() {
        return bits;
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
        return new StochasticQuantizationCodec(this);
    }

    @Override
    public int maxPayloadBytes(int length) {
        return MinMaxGrid.HEADER_BYTES + BitStream.bytes((long) SharedRotation.coordinates(rotate, length) * bits);
    }

    @Override
    public String toString() {
        return MethodText.of(TYPE).put("bits", bits).put("rotate", "true", rotate).toString();
    }
}
