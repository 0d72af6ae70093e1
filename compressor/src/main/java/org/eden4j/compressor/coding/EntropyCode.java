package org.eden4j.compressor.coding;

import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Normal;
import org.eden4j.compressor.kernel.RansTable;

/**
 * The levels of an entropy-coded block and the frequencies of its symbols. Both sides derive them from the number of
 * bits alone. Coordinates have unit variance.
 *
 * <p><b>Levels.</b> Usually the integers of a lattice that a trellis admits, see {@link CodingKernels#latticeTrellis}.
 * Among the integers of one parity, k has the probability of a normal variable with the variance V = 1 + .26 step^2 of
 * the quantized coordinates: p(k) ~ exp(-(k step)^2 / 2 V). At coarse steps paths stay at zero more often than that,
 * and V is limited to 1.85. Below {@link EntropyRates#TRELLIS_FROM} bits there are three levels with a wide zero; the
 * outer two decode to the mean magnitude beyond the threshold.
 *
 * <p><b>Raw bits.</b> At fine steps neighbouring levels are equally likely to within a hundredth of a bit. The low bits
 * of floor(k / 2) are then sent as they are, and the bits above them are coded with one table for both parities.
 * Immutable.
 *
 * @param trellis trellis of the levels; {@code NONE} for three levels
 * @param step step of the lattice, or threshold of the wide zero
 * @param unit value of level 1
 * @param largest largest level
 * @param rawBits number of bits of each level that are not coded
 * @param table frequencies of the coded part of levels
 * @param codedBits approximate mean number of coded bits per coordinate; determines the length of the tail
 */
public record EntropyCode(Trellis trellis, double step, double unit, int largest, int rawBits, RansTable table,
        double codedBits) {
    private static final double REACH = 4.6;
    private static final int EDGE = 2;
    private static final double VARIANCE_BY_STEP = .26;
    private static final double LARGEST_VARIANCE = 1.85;
    /**
     * Above this number of coded bits one more bit is raw, which costs less than .002 bit and keeps the table small.
     */
    private static final double MOST_CODED_BITS = 4.25;
    private static final double USUAL_OVERHEAD = .03;

    /**
     * Creates the code.
     *
     * @param bits wire bits per coordinate
     * @param trellis trellis of the levels
     * @param step step of the lattice, or threshold of the wide zero
     */
    static EntropyCode of(double bits, Trellis trellis, double step) {
        int rawBits = Math.max(0, (int) Math.ceil(bits - MOST_CODED_BITS));
        double codedBits = Math.max(bits - rawBits - USUAL_OVERHEAD, bits / 2);
        double[] weights = new double[RansTable.INDICES];
        if (trellis == Trellis.NONE) {
            double tail = Normal.mass(step, Normal.TOP);
            weights[RansTable.OFFSET - 1] = tail;
            weights[RansTable.OFFSET] = 1 - 2 * tail;
            weights[RansTable.OFFSET + 1] = tail;
            double unit = Normal.density(step) / tail;
            return new EntropyCode(trellis, step, unit, 1, 0, new RansTable(weights, trellis), codedBits);
        }
        int largest = (int) Math.ceil(REACH / step) + EDGE;
        double variance = Math.min(LARGEST_VARIANCE, 1 + VARIANCE_BY_STEP * step * step);
        for (int coded = coded(-largest, rawBits); coded <= coded(largest, rawBits); coded++) {
            double value = middle(coded, rawBits) * step;
            weights[RansTable.OFFSET + coded] = StrictMath.exp(-value * value / (2 * variance));
        }
        RansTable table = new RansTable(weights, rawBits == 0 ? trellis : Trellis.NONE);
        return new EntropyCode(trellis, step, step, largest, rawBits, table, codedBits);
    }

    /** Returns the coded part of a level. */
    static int coded(int level, int rawBits) {
        return rawBits == 0 ? level : level >> rawBits + 1;
    }

    /** Returns the middle of the levels that share a coded part. */
    private static double middle(int coded, int rawBits) {
        return rawBits == 0 ? coded : (coded + .5) * (2 << rawBits) - .5;
    }
}
