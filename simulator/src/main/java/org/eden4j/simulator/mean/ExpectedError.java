package org.eden4j.simulator.mean;

import java.util.OptionalDouble;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.elementwise.None;

/**
 * The expected nmse of a round, if there is a closed form.
 *
 * <p>With an unbiased method of vNMSE v, independent seeds and n contributors of which k deliver a block, the codec's
 * errors are orthogonal in expectation and contribute v/k times mean |x|^2 to the error of the mean of what arrived.
 * That mean in turn differs from the mean of all n as a sample of k of n without replacement does. With m = |mean x|^2
 * / mean |x|^2, and k the number of deliveries out of n at loss l given that there is at least one, the sum relative to
 * mean |x|^2 is
 *
 * <pre>
 * u = v E[1/k] + (1 - m) n/(n-1) (E[1/k] - 1/n)
 * </pre>
 *
 * <p>For equal vectors m is 1 and u = v E[1/k]. For independent vectors of mean zero m is 1/n and u = (1+v) E[1/k] -
 * 1/n. Without loss u = v/n. The mean, of energy m + u, then passes through the downlink of vNMSE w, whose error is
 * again independent. A share z of coordinates that nobody delivered, as observed, is zero and costs its energy.
 * Together
 *
 * <pre>
 * (1 - z) (u + w (m + u)) + z m
 * </pre>
 */
final class ExpectedError {
    private ExpectedError() {}

    /**
     * The contributions to a round.
     *
     * @param contributors number of complete updates
     * @param loss probability that a block of one of them is lost and not retransmitted
     */
    record Uplink(int contributors, double loss) {
        /** Returns E[1/k] for a binomial k conditioned on k &gt; 0. */
        double meanInverse() {
            double probability = Math.pow(loss, contributors);
            double sum = 0;
            double total = 0;
            for (int k = 1; k <= contributors; k++) {
                probability = loss == 0
                        ? k == contributors ? 1 : 0
                        : probability * (contributors - k + 1) / k * (1 - loss) / loss;
                sum += probability / k;
                total += probability;
            }
            return sum / total;
        }
    }

    /**
     * Returns the expected nmse; empty if a method is biased or its vNMSE depends on the input.
     *
     * @param method method of the updates, as used for the dimension
     * @param downlink method of the mean, as used for the dimension
     */
    static OptionalDouble nmse(Method method, Method downlink, Uplink uplink, ReferenceMean.Energy energy) {
        int contributors = uplink.contributors();
        boolean soleBiased = contributors == 1 && downlink instanceof None;
        if (contributors == 0 || !(method.isUnbiased() || soleBiased) || !downlink.isUnbiased()
                || energy.squaredNorm() == 0) {
            return OptionalDouble.empty();
        }
        OptionalDouble up = method.vnmse();
        OptionalDouble down = downlink.vnmse();
        if (up.isEmpty() || down.isEmpty()) {
            return OptionalDouble.empty();
        }
        double ofMean = energy.squaredNormOfMean() / energy.squaredNorm();
        double inverse = uplink.meanInverse();
        double missed = contributors == 1 ? 0
                : (1 - ofMean) * contributors / (contributors - 1) * (inverse - 1.0 / contributors);
        double error = up.getAsDouble() * inverse + missed;
        double delivered = error + down.getAsDouble() * (ofMean + error);
        return OptionalDouble.of((1 - energy.nobody()) * delivered + energy.nobody() * ofMean);
    }
}
