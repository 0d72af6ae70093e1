package org.eden4j.compressor.stochastic;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Normal;

/**
 * The levels of QUIC-FL: 2^b numbers from -T to T between which a standard normal z with |z| at most T is rounded at
 * random, placed to minimise the expected error E (z - low)(high - z).
 *
 * <p>The derivative with respect to level q_i vanishes if the mass-weighted distances from the neighbours balance: the
 * integral of (z - q_(i-1)) below q_i equals the integral of (q_(i+1) - z) above it. This is a tridiagonal system in
 * the inner levels, solved by Newton's method. The probability outside T is 1 / {@value QuicFl#OUTLIERS}.
 */
final class QuicFlLevels {
    private static final QuicFlLevels[] BY_BITS = new QuicFlLevels[Codebook.MAX_BITS + 1];

    static {
        for (int bits = 1; bits <= Codebook.MAX_BITS; bits++) {
            BY_BITS[bits] = new QuicFlLevels(bits);
        }
    }

    private final double[] levels;

    private QuicFlLevels(int bits) {
        levels = new double[1 << bits];
        double bound = Normal.quantile(1 - .5 / QuicFl.OUTLIERS);
        for (int i = 0; i < levels.length; i++) {
            double p = .5 + (i / (levels.length - 1.0) - .5) * (2 * cube(bound) - 1);
            levels[i] = Math.sqrt(3) * Normal.quantile(p);
        }
        levels[0] = -bound;
        levels[levels.length - 1] = bound;
        for (int iteration = 0; iteration < 100 && newtonStep(levels) > 1e-14; iteration++) {
            // newtonStep moves the levels
        }
    }

    /** Returns the probability below {@code bound} of N(0, 3), the companding density. */
    private static double cube(double bound) {
        return .5 + Normal.mass(0, bound / Math.sqrt(3));
    }

    static QuicFlLevels ofBits(int bits) {
        return BY_BITS[bits];
    }

    /** Returns the levels in ascending order; callers must not modify them. */
    double[] levels() {
        return levels;
    }

    /** Returns T. */
    double bound() {
        return levels[levels.length - 1];
    }

    /** Returns the error for a standard normal variable, with the part outside the bounds exact. */
    double vnmse() {
        double sum = 0;
        for (int i = 1; i < levels.length; i++) {
            double low = levels[i - 1];
            double high = levels[i];
            double middle = (low + high) / 2;
            double half = (high - low) / 2;
            sum += half * half * Normal.mass(low, high) - Normal.squaredDeviation(low, high, middle);
        }
        return sum;
    }

    private static double newtonStep(double[] q) {
        int n = q.length;
        double[] diagonal = new double[n];
        double[] upper = new double[n];
        double[] residual = new double[n];
        double largest = 0;
        for (int i = 1; i < n - 1; i++) {
            double below = Normal.mass(q[i - 1], q[i]);
            double above = Normal.mass(q[i], q[i + 1]);
            double meanBelow = Normal.density(q[i - 1]) - Normal.density(q[i]);
            double meanAbove = Normal.density(q[i]) - Normal.density(q[i + 1]);
            residual[i] = meanBelow - q[i - 1] * below - (q[i + 1] * above - meanAbove);
            diagonal[i] = (q[i + 1] - q[i - 1]) * Normal.density(q[i]);
            double lower = i == 1 ? 0 : -below;
            upper[i] = i == n - 2 ? 0 : -above;
            if (i > 1) {
                double factor = lower / diagonal[i - 1];
                diagonal[i] -= factor * upper[i - 1];
                residual[i] -= factor * residual[i - 1];
            }
        }
        double next = 0;
        for (int i = n - 2; i > 0; i--) {
            next = (residual[i] - upper[i] * next) / diagonal[i];
            q[i] -= next;
            largest = Math.max(largest, Math.abs(next));
        }
        return largest;
    }
}
