package org.eden4j.transport.mean;

import java.util.Arrays;

/**
 * Sums of weights per block, each scaled by a power of two, so that tiny weights do not vanish and huge ones do not
 * overflow.
 *
 * <pre>
 * weight = scaled * 2^exponent,   sum of a block = sum over contributors of scaled * decoded
 * </pre>
 *
 * <p>The exponent is 0 for blocks whose weights lie within 2^-40..2^40, which are used unscaled. Otherwise the first
 * positive weight of a block, or one that exceeds the limit, sets the exponent so that its scaled weight is in [1, 2).
 * Scaling by powers of two is exact, so the mean differs from that of unscaled weights only in subnormal coordinates.
 * Not thread-safe.
 */
final class BlockWeights {
    private static final int ORDINARY = 40;

    private final double[] sum;
    /** Largest scaled weight of each block. */
    private final float[] largest;
    private final int[] exponent;
    /** Exponent of the upper bound of scaled weights. */
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
     * Adjusts the exponent of a block to one more weight.
     *
     * @return the factor by which the block's sum so far must be multiplied, 1 for none
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

    /** Returns a weight scaled by the block's power of two. */
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

    /** Returns the largest weight of a block divided by their sum, which must be positive. */
    double largestShare(int block) {
        return largest[block] / sum[block];
    }

    /** Returns the factor that turns a block's sum into its mean. */
    float inverse(int block) {
        return (float) (1 / sum[block]);
    }

    /** Returns the sum of a block's weights, at most the largest float. */
    float total(int block) {
        return (float) Math.min(Math.scalb(sum[block], exponent[block]), Float.MAX_VALUE);
    }
}
