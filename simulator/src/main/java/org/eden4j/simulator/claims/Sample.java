package org.eden4j.simulator.claims;

import java.util.Arrays;

/** One number per vector of a run, with summary statistics. Immutable. */
final class Sample {
    private final double[] sorted;
    private final double sum;

    Sample(double[] values) {
        sorted = values.clone();
        Arrays.sort(sorted);
        sum = Arrays.stream(sorted).sum();
    }

    double mean() {
        return sum / sorted.length;
    }

    /** Returns the value below which a share q of the numbers lies, interpolated linearly. */
    double quantile(double q) {
        double position = q * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    double median() {
        return quantile(.5);
    }

    double least() {
        return sorted[0];
    }

    double largest() {
        return sorted[sorted.length - 1];
    }

    /** Returns the share of the largest numbers in the sum. */
    double shareOfLargest(double fraction) {
        int count = (int) Math.round(fraction * sorted.length);
        return Arrays.stream(sorted, sorted.length - count, sorted.length).sum() / sum;
    }

    /** Returns the share of the numbers that exceed a limit. */
    double shareAbove(double limit) {
        return (double) Arrays.stream(sorted).filter(value -> value > limit).count() / sorted.length;
    }
}
