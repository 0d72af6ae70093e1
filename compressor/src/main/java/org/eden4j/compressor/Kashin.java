package org.eden4j.compressor;

/**
 * Kashin's representation, then stochastic quantization (Lyubarskii and Vershynin, IEEE Trans. Inf. Theory 2010; for mean
 * estimation Safaryan, Shulgin, Richtarik 2021). The block is written in a random tight frame of twice its dimension with
 * coefficients that are small all alike: clip, subtract, again, with a clipping level that falls; the last residual is
 * added unclipped, so that nothing is lost. Unbiased. The coefficients take {@code bits} each, a coordinate twice that.
 *
 * @param bits bits per coefficient, 1..8
 * @param iterations passes, 1..20; the last one does not clip
 */
public record Kashin(int bits, int iterations) implements Method {
    static final int DEFAULT_ITERATIONS = 3;

    public Kashin {
        Codebook.checkBits(bits);
        if (iterations < 1 || iterations > 20) {
            throw new IllegalArgumentException("iterations must be from 1 to 20, got " + iterations);
        }
    }

    @Override
    public int wireId() {
        return 13;
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
    public String toString() {
        return new MethodText.Writer("kashin").put("bits", bits)
            .put("iterations", Integer.toString(iterations), iterations != DEFAULT_ITERATIONS)
            .toString();
    }
}
