package org.eden4j.compressor.eden;

import java.util.OptionalDouble;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Kernels;

/** Plain EDEN: Lloyd-Max centroids of N(0,1), with fixed-length indices. */
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
    public double expectedError(RotatedMethod method, double bits, int size) {
        return error(method, bits, size).mean();
    }

    @Override
    public OptionalDouble errorBound(RotatedMethod method, int size, double sigmas) {
        return OptionalDouble.of(error(method, method.bits(), size).bound(sigmas));
    }

    private static BlockError error(RotatedMethod method, double bits, int size) {
        return BlockError.of(method.scale(), bits, size, LatticeDither.Width.of(method, bits, size).variance());
    }

    @Override
    public Quantizer quantizer(double bits, Kernels kernels) {
        return Quantizer.ofBits(bits, kernels);
    }
}
