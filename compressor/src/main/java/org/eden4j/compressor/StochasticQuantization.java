package org.eden4j.compressor;

/**
 * Stochastic quantization to 2^bits levels, evenly spaced from the smallest to the largest coordinate of the block, each
 * coordinate rounded up or down at random so that its mean is right (Suresh, Yu, Kumar, McMahan, ICML 2017, section 2.2;
 * with the rotation section 3). Unbiased. The error of a coordinate is at most the square of half the spacing.
 *
 * @param bits bits per coordinate, 1..8
 * @param rotate whether the block is rotated first, which makes the range O(sqrt(log d / d)) of the norm
 */
public record StochasticQuantization(int bits, boolean rotate) implements Method {
    public StochasticQuantization {
        Codebook.checkBits(bits);
    }

    @Override
    public int wireId() {
        return 7;
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
    public String toString() {
        return new MethodText.Writer("sq").put("bits", bits).put("rotate", "true", rotate).toString();
    }
}
