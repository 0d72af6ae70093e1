package org.eden4j.simulator.claims;

import java.util.Arrays;

/**
 * A number as it was measured: the mean over repeated runs.
 *
 * @param value the mean over runs
 * @param standardError of the mean
 * @param spread the standard deviation of one run, where a run has the size of the text's own: the text's number carries
 *        that error. Zero where its size is not known
 */
record Measured(double value, double standardError, double spread) {
    /** The mean of runs of the text's own size. */
    static Measured likeTheText(double[] runs) {
        double mean = Arrays.stream(runs).average().orElse(Double.NaN);
        double squares = Arrays.stream(runs).map(run -> (run - mean) * (run - mean)).sum();
        double spread = Math.sqrt(squares / (runs.length - 1));
        return new Measured(mean, spread / Math.sqrt(runs.length), spread);
    }

    /** The mean of runs of another size than the text's, or of an unknown one. */
    static Measured mean(double[] runs) {
        Measured measured = likeTheText(runs);
        return new Measured(measured.value, measured.standardError, 0);
    }

    /** What needs no statistics. */
    static Measured exact(double value) {
        return new Measured(value, 0, 0);
    }

    /** The error of the difference between this value and the text's own, before rounding. */
    double combinedError() {
        return Math.hypot(standardError, spread);
    }
}
