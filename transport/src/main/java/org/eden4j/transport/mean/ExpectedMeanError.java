package org.eden4j.transport.mean;

import java.util.OptionalDouble;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;

/**
 * The most that the error of a mean is expected to be, from what the aggregator knows: methods, blocks and weights, not the
 * updates.
 *
 * <p>Let m be the mean of updates x_i with weights w_i that sum to W, m^ what members decode, and q the mean squared norm, sum
 * (w_i / W) |x_i|^2. With the {@linkplain Method#expectedError expected error} e of the uplink's method and f of the downlink's
 *
 * <pre>
 * E |m^ - m|^2 &lt;= (u + f (1 + u)) q,    u = e max w_i / W
 * </pre>
 *
 * <p>since errors of unbiased estimates with independent seeds are orthogonal, E |error of the sum|^2 = sum (w_i / W)^2 e |x_i|^2
 * &lt;= e (max w_i / W) q, with equality where weights are equal; and |m|^2 &lt;= q, with equality where updates are. The
 * errors of a biased uplink may all point the same way: then u = e, and the mean that the downlink encodes has up to
 * (1 + sqrt(u))^2 q; those of a biased downlink may add up with the uplink's, to (sqrt(u) + sqrt(g))^2 q, where g is what
 * it makes of its input. Where blocks differ in length, e and f are the largest of them. Immutable.
 */
final class ExpectedMeanError {
    private final double up;
    private final boolean upUnbiased;
    private final double down;
    private final boolean downUnbiased;

    private ExpectedMeanError(double up, boolean upUnbiased, double down, boolean downUnbiased) {
        this.up = up;
        this.upUnbiased = upUnbiased;
        this.down = down;
        this.downUnbiased = downUnbiased;
    }

    static ExpectedMeanError of(FrameLayout up, FrameLayout down) {
        return new ExpectedMeanError(ofBlocks(up), up.method().isUnbiased(), ofBlocks(down),
                down.method().isUnbiased());
    }

    /** The largest expected error of a block; NaN where one depends on the input. */
    private static double ofBlocks(FrameLayout layout) {
        BlockLayout blocks = layout.blocks();
        double largest = 0;
        for (int block = 0; block < blocks.blockCount(); block++) {
            if (block == 0 || blocks.length(block) != blocks.length(block - 1)) {
                OptionalDouble error = layout.method().expectedError(blocks.length(block));
                largest = Math.max(largest, error.orElse(Double.NaN));
            }
        }
        return largest;
    }

    /**
     * E |m^ - m|^2 / q of coordinates that so large a share of weight came for; NaN where a method's error depends on the
     * input.
     *
     * @param largestShare max w_i / W
     */
    double most(double largestShare) {
        double ofSum = upUnbiased ? up * largestShare : up;
        double encoded = upUnbiased ? 1 + ofSum : square(1 + Math.sqrt(ofSum));
        double ofMean = down * encoded;
        return downUnbiased ? ofSum + ofMean : square(Math.sqrt(ofSum) + Math.sqrt(ofMean));
    }

    private static double square(double x) {
        return x * x;
    }
}
