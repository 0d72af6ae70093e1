package org.eden4j.compressor.eden;

import java.util.OptionalDouble;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.coding.TrellisPoints;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.TrellisCodebook;

/**
 * Trained points with a trellis, {@link TrellisPoints}, and a whole number of bits per index: payloads have the length
 * of plain EDEN's. The sixteen lanes of a small block are short circles, for which many states do harm. Blocks of fewer
 * than {@value #SMALLEST_OF_MANY} coordinates therefore use eight states whatever was requested, and blocks of fewer
 * than {@value TrellisPoints#SMALLEST} are plain EDEN.
 */
final class TrellisCoding implements CodingRules {
    private static final int SMALLEST_OF_MANY = 1 << 10;
    private static final FixedCoding PLAIN = new FixedCoding();

    private final Trellis trellis;

    TrellisCoding(Trellis trellis) {
        this.trellis = trellis;
    }

    private TrellisPoints points(double bits) {
        return TrellisPoints.of(trellis, (int) bits);
    }

    private TrellisPoints points(double bits, int size) {
        return size < SMALLEST_OF_MANY ? TrellisPoints.of(Trellis.EIGHT, (int) bits) : points(bits);
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
        return EntropyCoding.error(rule, points(bits).square(), points(bits).vnmse());
    }

    @Override
    public double expectedError(RotatedMethod method, double bits, int size) {
        if (!isCoded(size)) {
            return PLAIN.expectedError(method, bits, size);
        }
        TrellisPoints points = points(bits, size);
        return EntropyCoding.error(method.scale(), points.square(), points.vnmse(size));
    }

    @Override
    public Quantizer quantizer(double bits, Kernels kernels) {
        return new TrellisQuantizer(size -> points(bits, size).codebook(), (int) bits, kernels);
    }

    /** Returns whether blocks of {@code size} coordinates use the trellis. */
    static boolean isCoded(int size) {
        return size >= TrellisPoints.SMALLEST;
    }
}
