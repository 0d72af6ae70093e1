package org.eden4j.transport.mean;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;

/**
 * An upper bound of the expected error of a mean, from what the aggregator knows: methods, blocks and weights, but not
 * the updates.
 *
 * <p>Let m be the mean of updates x_i with weights w_i that sum to W, m^ the mean that members decode, and q the mean
 * squared norm, sum (w_i / W) |x_i|^2. With the {@linkplain Method#expectedError expected error} e of the uplink's
 * method and f of the downlink's
 *
 * <pre>
 * E |m^ - m|^2 &lt;= (u + f (1 + u)) q,    u = e max w_i / W
 * </pre>
 *
 * <p>because errors of unbiased estimates with independent seeds are orthogonal, so E |error of the sum|^2 = sum (w_i /
 * W)^2 e |x_i|^2 &lt;= e (max w_i / W) q, with equality if weights are equal; and |m|^2 &lt;= q, with equality if
 * updates are equal. The errors of a biased uplink may all have the same direction: then u = e, and the squared norm of
 * the mean that the downlink encodes is up to (1 + sqrt(u))^2 q. The errors of a biased downlink may add to the
 * uplink's, to (sqrt(u) + sqrt(g))^2 q, where g is the squared error that the downlink makes of its input, relative to
 * q. If blocks of the same methods differ in length, e and f are the largest of theirs. Immutable.
 *
 * @param up the expected error e of the uplink
 * @param upUnbiased whether the uplink's method is unbiased
 * @param down the expected error f of the downlink
 * @param downUnbiased whether the downlink's method is unbiased
 */
record ExpectedMeanError(double up, boolean upUnbiased, double down, boolean downUnbiased) {
    /** The methods of some coordinates in both directions. */
    private record Way(Method up, Method down) {}

    /** The properties of a block that determine its expected error. */
    private record Kind(Method method, int length) {
        /** Returns the expected error; NaN if it depends on the input. */
        double expectedError() {
            return method.expectedError(length).orElse(Double.NaN);
        }
    }

    /** Returns the bound of each block of an update, from the methods of its coordinates. */
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
     * Returns the bound of E |m^ - m|^2 / q for coordinates whose largest weight has this share; NaN if a method's
     * error depends on the input.
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
