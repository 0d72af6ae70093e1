package org.eden4j.transport.mean;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;

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
 * it makes of its input. Where blocks of the same methods differ in length, e and f are the largest of them. A value.
 *
 * @param up e
 * @param upUnbiased whether the uplink's method is unbiased
 * @param down f
 * @param downUnbiased whether the downlink's method is unbiased
 */
record ExpectedMeanError(double up, boolean upUnbiased, double down, boolean downUnbiased) {
    /** How coordinates travel in both directions. */
    private record Way(Method up, Method down) {}

    /** What the expected error of a block follows from. */
    private record Kind(Method method, int length) {
        /** NaN where it depends on the input. */
        double expectedError() {
            return method.expectedError(length).orElse(Double.NaN);
        }
    }

    /** That of each block of an update, by the methods of its coordinates. */
    static ExpectedMeanError[] byBlock(UpdateBlocks up, UpdateBlocks down) {
        Map<Kind, Double> errors = new HashMap<>();
        Way[] ways = new Way[up.blockCount()];
        Map<Way, Double> ofUp = new HashMap<>();
        for (int block = 0; block < ways.length; block++) {
            ways[block] = new Way(up.method(block), down.method(down.blockAt(up.offset(block))));
            ofUp.merge(ways[block], error(up, block, errors), Math::max);
        }
        Map<Way, Double> ofDown = new HashMap<>();
        for (int block = 0; block < down.blockCount(); block++) {
            ofDown.merge(ways[up.blockAt(down.offset(block))], error(down, block, errors), Math::max);
        }
        Map<Way, ExpectedMeanError> byWay = new HashMap<>();
        ofUp.forEach((way, error) -> byWay.put(way, new ExpectedMeanError(error, way.up.isUnbiased(),
                ofDown.get(way), way.down.isUnbiased())));
        return Arrays.stream(ways).map(byWay::get).toArray(ExpectedMeanError[]::new);
    }

    private static double error(UpdateBlocks blocks, int block, Map<Kind, Double> known) {
        return known.computeIfAbsent(new Kind(blocks.method(block), blocks.length(block)), Kind::expectedError);
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
