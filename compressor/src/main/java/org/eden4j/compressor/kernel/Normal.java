package org.eden4j.compressor.kernel;

import java.util.function.DoubleUnaryOperator;

/** The standard normal distribution, to double precision as needed by the codebook solver. */
public final class Normal {
    /** Used as infinity: the density there is 6e-26. */
    public static final double TOP = 10.8;

    private static final double WIDEST_PIECE = .25;
    /** Nodes of the eight-point Gauss-Legendre rule on [-1, 1], exact for polynomials of degree 15. */
    private static final double[] NODES = {
            .1834346424956498, .5255324099163290, .7966664774136267, .9602898564975363};
    private static final double[] WEIGHTS = {
            .3626837833783620, .3137066458778873, .2223810344533745, .1012285362903763};

    private Normal() {}

    /** Uses StrictMath, so that codebooks are the same to the last bit on every machine. */
    public static double density(double x) {
        return StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** Returns the probability of [a, b], without the cancellation of a difference of distribution functions. */
    public static double mass(double a, double b) {
        return integrate(Normal::density, a, b);
    }

    /** Returns the integral of (x - c)^2 over [a, b]. */
    public static double squaredDeviation(double a, double b, double c) {
        return integrate(x -> (x - c) * (x - c) * density(x), a, b);
    }

    /** Returns the x below which the probability is p, in (0, 1), by bisection to about 1e-12. */
    public static double quantile(double p) {
        double low = -TOP;
        double high = TOP;
        for (int i = 0; i < 44; i++) {
            double middle = (low + high) / 2;
            double below = middle < 0 ? .5 - mass(middle, 0) : .5 + mass(0, middle);
            if (below < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    private static double integrate(DoubleUnaryOperator f, double a, double b) {
        int pieces = Math.max(1, (int) Math.ceil((b - a) / WIDEST_PIECE));
        double half = (b - a) / pieces / 2;
        double sum = 0;
        for (int piece = 0; piece < pieces; piece++) {
            double middle = a + (2 * piece + 1) * half;
            for (int i = 0; i < NODES.length; i++) {
                double offset = NODES[i] * half;
                sum += WEIGHTS[i] * (f.applyAsDouble(middle - offset) + f.applyAsDouble(middle + offset));
            }
        }
        return sum * half;
    }
}
