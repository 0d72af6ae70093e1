package org.eden4j.compressor.coding;

import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.Normal;
import org.eden4j.compressor.kernel.RansTable;

/**
 * What an entropy-coded block is quantized to, and with which frequencies its symbols are coded: both sides make it from the
 * number of bits alone. Coordinates have unit variance.
 *
 * <p>From {@link #TRELLIS_FROM} bits up symbols are the integers of a lattice of the given step that a trellis admits,
 * {@link CodingKernels#latticeTrellis}. A step's symbol k has the probability of a normal variable of variance V = 1 + .26
 * step^2, what the quantized coordinates have, among the integers of its parity: p(k) ~ exp(-(k step)^2 / 2 V), |k| up to
 * ceil(4.6 / step) + 2. Below, where half of the integers would be too coarse a choice, symbols are -1, 0 and 1 with a wide zero;
 * a one stands for the mean magnitude beyond the threshold. Immutable.
 *
 * @param trellis whether symbols are those of the trellis
 * @param step step of the lattice, or the threshold of the wide zero
 * @param unit what a symbol of 1 stands for
 * @param largest the largest symbol
 * @param table frequencies
 * @param entropy bits per symbol of that table, coded by itself
 */
public record EntropyCode(boolean trellis, double step, double unit, int largest, RansTable table, double entropy) {
    private static final double REACH = 4.6;
    private static final int EDGE = 2;
    private static final double VARIANCE_BY_STEP = .26;

    /** Of a lattice of this step behind the trellis. */
    static EntropyCode ofStep(double step) {
        int largest = (int) Math.ceil(REACH / step) + EDGE;
        double variance = 1 + VARIANCE_BY_STEP * step * step;
        double[] weights = new double[RansTable.INDICES];
        for (int k = -largest; k <= largest; k++) {
            double value = k * step;
            weights[RansTable.OFFSET + k] = StrictMath.exp(-value * value / (2 * variance));
        }
        RansTable table = new RansTable(weights, true);
        double entropy = (entropy(weights, table, 0) + entropy(weights, table, 1)) / 2;
        return new EntropyCode(true, step, step, largest, table, entropy);
    }

    /** Of three levels, with the threshold between them. */
    static EntropyCode ofThreshold(double threshold) {
        double tail = Normal.mass(threshold, Normal.TOP);
        double[] weights = new double[RansTable.INDICES];
        weights[RansTable.OFFSET - 1] = tail;
        weights[RansTable.OFFSET] = 1 - 2 * tail;
        weights[RansTable.OFFSET + 1] = tail;
        RansTable table = new RansTable(weights, false);
        double entropy = entropy(weights, table, 0) + entropy(weights, table, 1);
        return new EntropyCode(false, threshold, Normal.density(threshold) / tail, 1, table, entropy);
    }

    /** Bits per symbol of one parity, as the frequencies code them; for three levels its part of the sum. */
    private static double entropy(double[] weights, RansTable table, int parity) {
        double bits = 0;
        double total = 0;
        for (int index = parity; index < weights.length; index += 2) {
            int frequency = table.frequency(index - RansTable.OFFSET);
            if (frequency > 0) {
                bits += weights[index] * (RansTable.PRECISION - StrictMath.log(frequency) / StrictMath.log(2));
                total += weights[index];
            }
        }
        return weights[RansTable.OFFSET + 2] == 0 ? bits : bits / total;
    }
}
