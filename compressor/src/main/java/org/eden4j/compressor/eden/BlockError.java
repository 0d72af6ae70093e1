package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Normal;

/**
 * Mean, standard deviation and skewness of the relative squared error of one block of d coordinates under a uniform
 * rotation, up to the order 1/d.
 *
 * <p>The rotated block, scaled to unit variance, is uniform on the sphere of radius sqrt(d). With A = |c|^2 / d and B =
 * &lt;z, c&gt; / d the error is a function of A and B: A / B^2 - 1 for the unbiased scale, and 1 - B^2 / A, 2 - 2 B /
 * sqrt(A) and 1 - 2 B + A for the others ({@link ScaleRule}). Compared with independent N(0,1) coordinates, the
 * coordinates of the sphere have fourth cumulant -6 / d and their squares have covariance -2 / d. For sums F of f(z_i)
 * and G of g(z_i), divided by d, with the Hermite polynomials He_2 and He_4,
 *
 * <pre>
 * E F       = E f - E[f He_4] / (4 d)
 * Cov(F, G) = (Cov(f, g) - E[f He_2] E[g He_2] / 2) / d
 * </pre>
 *
 * <p>and the error follows from its Taylor polynomial of second degree in A and B. Coordinates that a mask assigns to
 * other codebooks are averaged over. A {@linkplain LatticeDither shift} of variance v adds v E[f He_2] / 2 to A and v
 * (E[f He_2] / 2 - E f) to B, where f is c^2 and z c. The expectations are integrals over the cells of the codebooks,
 * by Simpson's rule. Immutable.
 *
 * @param mean E |x - x^|^2 / |x|^2
 * @param standardDeviation standard deviation of the error of one block
 * @param skewness skewness of that error
 */
record BlockError(double mean, double standardDeviation, double skewness) {
    private static final double TOP = 12;
    private static final int INTERVALS = 32;
    private static final int NEWTON_STEPS = 20;

    /** @param shift variance of a shift common to all coordinates */
    static BlockError of(ScaleRule rule, double bits, int size, double shift) {
        Moments moments = Moments.of(bits, size);
        double d = size;
        double a = moments.a - moments.a4 / (4 * d) + shift * moments.a2 / 2;
        double b = moments.b - moments.b4 / (4 * d) + shift * (moments.b2 / 2 - moments.b);
        double varA = (moments.varA - moments.a2 * moments.a2 / 2) / d;
        double varB = (moments.varB - moments.b2 * moments.b2 / 2) / d;
        double cov = (moments.cov - moments.a2 * moments.b2 / 2) / d;
        double byA;
        double byB;
        double mean;
        switch (rule) {
            case UNBIASED -> {
                byA = 1 / (b * b);
                byB = -2 * a / (b * b * b);
                mean = a / (b * b) - 1 - 2 * cov / (b * b * b) + 3 * a * varB / (b * b * b * b);
            }
            case BIASED -> {
                byA = b * b / (a * a);
                byB = -2 * b / a;
                mean = 1 - b * b / a - varB / a + 2 * b * cov / (a * a) - b * b * varA / (a * a * a);
            }
            case MATCHED_NORM -> {
                double root = Math.sqrt(a);
                byA = b / (a * root);
                byB = -2 / root;
                mean = 2 - 2 * b / root + cov / (a * root) - .75 * b * varA / (a * a * root);
            }
            case UNIT -> {
                byA = 1;
                byB = -2;
                mean = 1 - 2 * b + a;
            }
            default -> throw new AssertionError(rule);
        }
        double variance = byA * byA * varA + 2 * byA * byB * cov + byB * byB * varB;
        double deviation = Math.sqrt(Math.max(0, variance));
        double relative = deviation / mean;
        double lognormal = relative * (3 + relative * relative);
        return new BlockError(mean, deviation, Math.max(lognormal, moments.skewness() / Math.sqrt(d)));
    }

    /**
     * Returns the quantile {@code sigmas} above the median of a shifted lognormal distribution with this mean,
     * deviation and skewness, but at least that of the lognormal distribution. Errors are positive and skewed, the more
     * so the smaller the block, and would exceed the quantile of a normal distribution ten times too often. With w =
     * exp(s^2) the skewness is (w + 2) sqrt(w - 1), which Newton's method inverts from above.
     */
    double bound(double sigmas) {
        double relative = standardDeviation / mean;
        double w = Math.max(1 + relative * relative, 1 + Math.cbrt(skewness * skewness) + skewness * skewness / 9);
        for (int iteration = 0; iteration < NEWTON_STEPS; iteration++) {
            w -= (w * w * (w + 3) - 4 - skewness * skewness) / (3 * w * (w + 2));
        }
        return mean + standardDeviation * Math.max(excess(sigmas, w), excess(sigmas, 1 + relative * relative));
    }

    /** Returns the distance of that quantile from the mean, in standard deviations. */
    private static double excess(double sigmas, double w) {
        if (w <= 1) {
            return sigmas;
        }
        double variance = StrictMath.log(w);
        return StrictMath.expm1(sigmas * Math.sqrt(variance) - variance / 2) / Math.sqrt(w - 1);
    }

    /**
     * Moments of f = c^2 (a) and f = z c (b): means, means with He_2 and He_4, variances and covariance; and the second
     * and third cumulants of (z - c)^2, the sum of which is the error. Linear in the shares of the masks.
     */
    private record Moments(double a, double a2, double a4, double b, double b2, double b4, double varA, double varB,
            double cov, double error2, double error3) {
        static final Moments NONE = new Moments(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        /** Returns the skewness of (z - c)^2 for a single coordinate. */
        double skewness() {
            return error3 / Math.pow(error2, 1.5);
        }

        static Moments of(double bits, int size) {
            if (bits < 1) {
                return NONE.plus((double) DroppingQuantizer.kept(bits, size) / size, of(Codebook.ofBits(1)));
            }
            int floor = (int) Math.floor(bits);
            double larger = bits - floor;
            Moments small = NONE.plus(1 - larger, of(Codebook.ofBits(floor)));
            return larger == 0 ? small : small.plus(larger, of(Codebook.ofBits(floor + 1)));
        }

        private Moments plus(double share, Moments m) {
            return new Moments(a + share * m.a, a2 + share * m.a2, a4 + share * m.a4, b + share * m.b,
                    b2 + share * m.b2, b4 + share * m.b4, varA + share * m.varA, varB + share * m.varB,
                    cov + share * m.cov, error2 + share * m.error2, error3 + share * m.error3);
        }

        private static Moments of(Codebook codebook) {
            double[] c = codebook.centroids();
            double[] sums = new double[12];
            for (int k = 0; k < c.length; k++) {
                double low = k == 0 ? 0 : (c[k - 1] + c[k]) / 2;
                double high = k == c.length - 1 ? TOP : (c[k] + c[k + 1]) / 2;
                int intervals = k == c.length - 1 ? 16 * INTERVALS : INTERVALS;
                for (int j = 0; j <= intervals; j++) {
                    double z = low + (high - low) * j / intervals;
                    int simpson = j == 0 || j == intervals ? 1 : 2 + 2 * (j & 1);
                    double weight = 2 * Normal.density(z) * simpson * (high - low) / (3 * intervals);
                    add(sums, weight, c[k] * c[k], z * c[k], z * z);
                    double error = (z - c[k]) * (z - c[k]);
                    sums[9] += weight * error;
                    sums[10] += weight * error * error;
                    sums[11] += weight * error * error * error;
                }
            }
            double a = sums[0];
            double b = sums[3];
            return new Moments(a, sums[1], sums[2], b, sums[4], sums[5], sums[6] - a * a, sums[7] - b * b,
                    sums[8] - a * b, sums[10] - sums[9] * sums[9],
                    sums[11] - 3 * sums[9] * sums[10] + 2 * sums[9] * sums[9] * sums[9]);
        }

        private static void add(double[] sums, double weight, double f, double g, double square) {
            double second = square - 1;
            double fourth = square * square - 6 * square + 3;
            sums[0] += weight * f;
            sums[1] += weight * f * second;
            sums[2] += weight * f * fourth;
            sums[3] += weight * g;
            sums[4] += weight * g * second;
            sums[5] += weight * g * fourth;
            sums[6] += weight * f * f;
            sums[7] += weight * g * g;
            sums[8] += weight * f * g;
        }
    }
}
