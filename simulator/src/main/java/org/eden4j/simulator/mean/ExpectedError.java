package org.eden4j.simulator.mean;

import java.util.OptionalDouble;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.None;

/**
 * The nmse to be expected of a round, where there is a closed form.
 *
 * <p>With an unbiased method of vNMSE v, independent seeds and n contributors the errors are orthogonal in expectation, so the mean of
 * the decoded vectors misses the mean of the vectors by v/n times mean |x|^2. That mean, of expected energy |mean x|^2 + (v/n) mean |x|^2,
 * then passes the downlink of vNMSE w, whose error is independent again. Together, over mean |x|^2:
 *
 * <pre>
 * v/n + w (|mean x|^2 / mean |x|^2 + v/n)
 * </pre>
 *
 * <p>|mean x|^2 / mean |x|^2 is 1 for equal vectors and 1/n for independent ones of mean zero; it is taken from the vectors.
 */
final class ExpectedError {
    private ExpectedError() {}

    /**
     * The expected nmse; empty where a method is biased or its vNMSE depends on the input.
     *
     * @param method of the updates, as used for the dimension
     * @param downlink of the mean, as used for the dimension
     */
    static OptionalDouble nmse(Method method, Method downlink, int contributors, ReferenceMean.Energy energy) {
        boolean soleBiased = contributors == 1 && downlink instanceof None;
        if (!(method.isUnbiased() || soleBiased) || !downlink.isUnbiased() || energy.squaredNorm() == 0) {
            return OptionalDouble.empty();
        }
        OptionalDouble up = method.vnmse();
        OptionalDouble down = downlink.vnmse();
        if (up.isEmpty() || down.isEmpty()) {
            return OptionalDouble.empty();
        }
        double ofMean = up.getAsDouble() / contributors;
        double passed = energy.squaredNormOfMean() / energy.squaredNorm() + ofMean;
        return OptionalDouble.of(ofMean + down.getAsDouble() * passed);
    }
}
