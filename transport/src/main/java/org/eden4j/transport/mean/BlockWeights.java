package org.eden4j.transport.mean;

import java.util.Arrays;

/**
 * Sums of weights per block, each in a power of two of its own, so that neither tiny weights vanish nor huge ones overflow.
 *
 * <pre>
 * weight = scaled * 2^exponent,   sum of a block = sum over contributors of scaled * decoded
 * </pre>
 *
 * <p>The exponent is 0 for blocks whose weights lie within 2^-40..2^40, which are then used as they are. Otherwise the
 * first positive weight of a block, or one that exceeds the limit, sets it: its scaled weight is in [1, 2). Since scaling
 * by powers of two is exact, the mean differs from that of unscaled weights only where coordinates are subnormal. Not
 * thread-safe.
 */
final class BlockWeights {
    private static final int ORDINARY = 40;

    private final double[] sum;
    /** The largest of the scaled weights. */
    private final float[] largest;
    private final int[] exponent;
    /** Scaled weights are less than 2 to this power. */
    private int limit = ORDINARY;

    BlockWeights(int blocks) {
        sum = new double[blocks];
        largest = new float[blocks];
        exponent = new int[blocks];
    }

    /** Keeps every scaled weight below 2 from now on. */
    void tighten() {
        limit = 1;
    }

    void clear() {
        Arrays.fill(sum, 0);
        Arrays.fill(largest, 0);
        Arrays.fill(exponent, 0);
    }

    /**
     * Chooses the exponent of a block with regard to one more weight.
     *
     * @return by what the block's sum so far must be multiplied, 1 if by nothing
     */
    float fit(int block, float weight) {
        if (weight == 0) {
            return 1;
        }
        int own = Math.getExponent((double) weight);
        int former = exponent[block];
        if (sum[block] == 0) {
            exponent[block] = own >= -ORDINARY && own < limit ? 0 : own;
            return 1;
        }
        if (own - former < limit) {
            return 1;
        }
        exponent[block] = own;
        sum[block] = Math.scalb(sum[block], former - own);
        largest[block] = Math.scalb(largest[block], former - own);
        return Math.scalb(1f, former - own);
    }

    /** A weight in the block's power of two. */
    float scaled(int block, float weight) {
        return exponent[block] == 0 ? weight : (float) Math.scalb((double) weight, -exponent[block]);
    }

    void add(int block, float scaled) {
        sum[block] += scaled;
        largest[block] = Math.max(largest[block], scaled);
    }

    boolean isPositive(int block) {
        return sum[block] > 0;
    }

    /** The largest weight of a block over their sum, which is positive. */
    double largestShare(int block) {
        return largest[block] / sum[block];
    }

    /** What makes a block's sum its mean. */
    float inverse(int block) {
        return (float) (1 / sum[block]);
    }

    /** The sum of a block's weights, at most the largest float. */
    float total(int block) {
        return (float) Math.min(Math.scalb(sum[block], exponent[block]), Float.MAX_VALUE);
    }
}
