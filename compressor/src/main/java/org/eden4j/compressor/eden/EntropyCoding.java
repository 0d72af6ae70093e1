package org.eden4j.compressor.eden;

import org.eden4j.compressor.coding.EntropyRates;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Kernels;

/**
 * The lattice with a trellis and entropy coding: {@link EntropyRates}. Blocks too small for it are sent as plain EDEN
 * with the same number of bits.
 */
final class EntropyCoding implements CodingRules {
    private static final double TWO_ROUNDS_FROM = .8;
    private static final FixedCoding PLAIN = new FixedCoding();

    private final Trellis trellis;

    EntropyCoding(Trellis trellis) {
        this.trellis = trellis;
    }

    private EntropyRates rates(double bits) {
        return EntropyRates.of(bits, trellis);
    }

    @Override
    public double fewestBits() {
        return EntropyRates.FEWEST_BITS;
    }

    @Override
    public void checkBits(double bits) {
        RotatedMethod.checkBits(bits, Math.nextDown(EntropyRates.FEWEST_BITS), EntropyRates.MOST_BITS);
    }

    /**
     * A trellis is a vector quantizer, for which two rounds do not match a uniform rotation (Ben-Basat et al., arXiv
     * 2605.06014). At few bits, when most levels are zero, the difference matters: a coordinate with a rest of .3 of its
     * magnitude had a squared bias of 1.3e-4 at .4 bits and 3.1e-5 at .6 in blocks of 1,024, 2.3e-5 at .4 in blocks of
     * 4,096; less than 5e-6 from .75 bits on, and nothing measurable with three rounds or without a trellis.
     */
    @Override
    public int fewestRounds(double bits) {
        return bits >= EntropyRates.TRELLIS_FROM && bits < TWO_ROUNDS_FROM ? 3 : 2;
    }

    @Override
    public boolean isVariable(double bits, int size) {
        return EntropyRates.isCoded(bits, size);
    }

    /** A block more than six standard deviations above the mean is sent as plain EDEN, which takes one byte more. */
    @Override
    public int mostBytes(double bits, int size) {
        int plain = PLAIN.mostBytes(bits, size);
        if (!isVariable(bits, size)) {
            return plain;
        }
        int coded = (int) Math.ceil(expectedBytes(bits, size)) + EntropyRates.slackBytes(bits, size);
        return Math.max(coded, 1 + plain);
    }

    @Override
    public double expectedBytes(double bits, int size) {
        return isVariable(bits, size)
                ? EntropyRates.blockBits(bits, size) / Byte.SIZE - RotatedCodec.SCALE_BYTES
                : PLAIN.expectedBytes(bits, size);
    }

    @Override
    public double distortion(double bits) {
        double vnmse = rates(bits).vnmse();
        return vnmse / (1 + vnmse);
    }

    @Override
    public double vnmse(ScaleRule rule, double bits) {
        return error(rule, rates(bits).square(), rates(bits).vnmse());
    }

    @Override
    public double expectedError(RotatedMethod method, double bits, int size) {
        if (!isVariable(bits, size)) {
            return PLAIN.expectedError(method, bits, size);
        }
        EntropyRates rates = rates(bits);
        return error(method.scale(), rates.square(), rates.vnmse(size));
    }

    /**
     * Levels are not the means of their cells, so for the scale that ignores them cos = B / sqrt(A) does not determine
     * B.
     */
    static double error(ScaleRule rule, double square, double vnmse) {
        double distortion = vnmse / (1 + vnmse);
        return rule == ScaleRule.UNIT
                ? 1 - 2 * Math.sqrt(square * (1 - distortion)) + square
                : rule.vnmse(distortion);
    }

    @Override
    public Quantizer quantizer(double bits, Kernels kernels) {
        return new EntropyQuantizer(bits, trellis, this, kernels);
    }
}
