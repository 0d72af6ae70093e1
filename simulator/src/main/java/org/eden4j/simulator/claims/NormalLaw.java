package org.eden4j.simulator.claims;

/** The standard normal distribution in double precision. */
final class NormalLaw {
    /** Beyond this value the distribution function is 0 or 1 in double precision. */
    private static final double TOP = 8.5;

    private NormalLaw() {}

    static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /**
     * Returns the probability of values below x, by the series 1/2 + density(x) (x + x^3/3 + x^5/(3 5) + ...)
     * (Marsaglia, Journal of Statistical Software 11, 2004); the absolute error is about 1e-15.
     */
    static double below(double x) {
        if (Math.abs(x) > TOP) {
            return x < 0 ? 0 : 1;
        }
        double sum = x;
        double previous = 0;
        double term = x;
        for (int i = 3; sum != previous; i += 2) {
            previous = sum;
            term *= x * x / i;
            sum += term;
        }
        return .5 + sum * density(x);
    }

    /** Returns the x below which the probability is p, in (0, 1), by bisection. */
    static double quantile(double p) {
        double low = -TOP;
        double high = TOP;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (below(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
