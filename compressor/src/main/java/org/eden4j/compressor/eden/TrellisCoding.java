package org.eden4j.compressor.eden;

import java.util.OptionalDouble;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.coding.TrellisPoints;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.TrellisCodebook;

/**
 * Trained points behind a trellis, {@link TrellisPoints}, each coordinate by an index of a whole number of bits: payloads are as long
 * as plain EDEN's. Blocks of fewer than {@value #SMALLEST} coordinates are plain EDEN's: all lanes begin in one state, which costs
 * eight steps a quarter of the error.
 */
final class TrellisCoding implements CodingRules {
    private static final int SMALLEST = 256;
    private static final FixedCoding PLAIN = new FixedCoding();

    private final Trellis trellis;

    TrellisCoding(Trellis trellis) {
        this.trellis = trellis;
    }

    private TrellisPoints points(double bits) {
        return TrellisPoints.of(trellis, (int) bits);
    }

    @Override
    public void checkBits(double bits) {
        if (bits != Math.rint(bits) || bits < 1 || bits > TrellisCodebook.MOST_BITS) {
            throw new IllegalArgumentException("bits must be whole and from 1 to " + TrellisCodebook.MOST_BITS
                    + " with coding=trellis, got " + MethodText.number(bits));
        }
    }

    @Override
    public OptionalDouble bitsForError(RotatedMethod method, double target, int size) {
        for (int bits = 1; bits <= TrellisCodebook.MOST_BITS; bits++) {
            if (expectedError(method, bits, size) <= target) {
                return OptionalDouble.of(bits);
            }
        }
        return OptionalDouble.empty();
    }

    @Override
    public int mostBytes(double bits, int size) {
        return Quantizer.packedBytes(bits, size);
    }

    @Override
    public double distortion(double bits) {
        double vnmse = points(bits).vnmse();
        return vnmse / (1 + vnmse);
    }

    @Override
    public double vnmse(ScaleRule rule, double bits) {
        return error(rule, bits, points(bits).vnmse());
    }

    @Override
    public double expectedError(RotatedMethod method, double bits, int size) {
        return isCoded(size) ? error(method.scale(), bits, points(bits).vnmse(size))
                : PLAIN.expectedError(method, bits, size);
    }

    private double error(ScaleRule rule, double bits, double vnmse) {
        return EntropyCoding.error(rule, points(bits).square(), vnmse);
    }

    @Override
    public Quantizer quantizer(double bits, Kernels kernels) {
        return new TrellisQuantizer(points(bits).codebook(), kernels);
    }

    /** Whether blocks of so many coordinates go through the trellis. */
    static boolean isCoded(int size) {
        return size >= SMALLEST;
    }
}
