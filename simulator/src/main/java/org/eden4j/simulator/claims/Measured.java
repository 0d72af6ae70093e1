package org.eden4j.simulator.claims;

import java.util.Arrays;

/**
 * A measured number: the mean over repeated runs.
 *
 * @param value mean over runs
 * @param standardError standard error of the mean
 * @param spread standard deviation of one run if a run has the size used in the text, whose number has that error; zero
 *         if that size is unknown
 */
record Measured(double value, double standardError, double spread) {
    /** Returns the mean of runs of the size used in the text. */
    static Measured likeTheText(double[] runs) {
        double mean = Arrays.stream(runs).average().orElse(Double.NaN);
        double squares = Arrays.stream(runs).map(run -> (run - mean) * (run - mean)).sum();
        double spread = Math.sqrt(squares / (runs.length - 1));
        return new Measured(mean, spread / Math.sqrt(runs.length), spread);
    }

    /** Returns the mean of runs of another size, or if the size in the text is unknown. */
    static Measured mean(double[] runs) {
        Measured measured = likeTheText(runs);
        return new Measured(measured.value, measured.standardError, 0);
    }

    /** Returns a value without statistical error. */
    static Measured exact(double value) {
        return new Measured(value, 0, 0);
    }

    /** Returns the standard error of the difference between this value and the text's own before rounding. */
    double combinedError() {
        return Math.hypot(standardError, spread);
    }
}
