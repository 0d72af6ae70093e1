package org.eden4j.compressor.coding;

import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.Normal;
import org.eden4j.compressor.kernel.RansTable;

/**
 * What an entropy-coded block is quantized to, and with which frequencies its symbols are coded: both sides make it from the
 * number of bits alone. Coordinates have unit variance.
 *
 * <p><b>Levels.</b> Mostly the integers of a lattice that a trellis admits, {@link CodingKernels#latticeTrellis}. Of those of one
 * parity k has the probability of a normal variable of variance V = 1 + .26 step^2, which is what the quantized coordinates
 * have: p(k) ~ exp(-(k step)^2 / 2 V). At coarse steps paths stay at zero more often than that, and V is at most 1.85. Below {@link
 * EntropyRates#TRELLIS_FROM} bits there are three levels with a wide zero; a one stands for the mean magnitude beyond the
 * threshold.
 *
 * <p><b>Raw bits.</b> At fine steps neighbours are equally likely to a hundredth of a bit, so that the low bits of floor(k / 2)
 * travel as they are and what is above them is coded, from one table for both parities. Immutable.
 *
 * @param trellis which levels may follow; {@code NONE} for three levels
 * @param step step of the lattice, or the threshold of the wide zero
 * @param unit what a level of 1 stands for
 * @param largest the largest level
 * @param rawBits bits of each level that are not coded
 * @param table frequencies of what is coded
 * @param codedBits bits that are coded per coordinate, as a rough mean: decides how long the tail is
 */
public record EntropyCode(Trellis trellis, double step, double unit, int largest, int rawBits, RansTable table,
        double codedBits) {
    private static final double REACH = 4.6;
    private static final int EDGE = 2;
    private static final double VARIANCE_BY_STEP = .26;
    private static final double LARGEST_VARIANCE = 1.85;
    /** Above so many bits of a level one more is raw: it costs less than .002 bit, and the table stays small. */
    private static final double MOST_CODED_BITS = 4.25;
    private static final double USUAL_OVERHEAD = .03;

    /**
     * @param bits wire bits per coordinate
     * @param trellis which levels may follow
     * @param step step of the lattice, or the threshold of the wide zero
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

    /** What of a level is coded. */
    static int coded(int level, int rawBits) {
        return rawBits == 0 ? level : level >> rawBits + 1;
    }

    /** The middle of the levels that are coded so. */
    private static double middle(int coded, int rawBits) {
        return rawBits == 0 ? coded : (coded + .5) * (2 << rawBits) - .5;
    }
}
