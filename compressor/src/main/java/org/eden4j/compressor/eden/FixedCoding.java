package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Kernels;

/** Plain EDEN: Lloyd-Max centroids of N(0,1), each by an index of one length. */
final class FixedCoding implements CodingRules {
    @Override
    public void checkBits(double bits) {
        RotatedMethod.checkBits(bits, 0, Codebook.MAX_BITS);
    }

    @Override
    public int mostBytes(double bits, int size) {
        return Quantizer.packedBytes(bits, size);
    }

    @Override
    public double distortion(double bits) {
        return Quantizer.distortion(bits);
    }

    @Override
    public double vnmse(ScaleRule rule, double bits) {
        return rule.vnmse(Quantizer.distortion(bits));
    }

    @Override
    public double expectedError(ScaleRule rule, double bits, int size) {
        return BlockError.of(rule, bits, size, 0).mean();
    }

    @Override
    public Quantizer quantizer(double bits, Kernels kernels) {
        return Quantizer.ofBits(bits, kernels);
    }
}
