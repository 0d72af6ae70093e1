package org.eden4j.simulator.claims;

import java.util.Arrays;

/** One number of each vector of a run, and what people say about such a set. Immutable. */
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

    /** The value below which a share q of the numbers lies, between neighbours in proportion. */
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

    /** How much of the sum the largest numbers have. */
    double shareOfLargest(double fraction) {
        int count = (int) Math.round(fraction * sorted.length);
        return Arrays.stream(sorted, sorted.length - count, sorted.length).sum() / sum;
    }

    /** How many of the numbers exceed a limit, as a share of all. */
    double shareAbove(double limit) {
        return (double) Arrays.stream(sorted).filter(value -> value > limit).count() / sorted.length;
    }
}
