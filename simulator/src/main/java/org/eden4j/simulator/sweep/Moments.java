package org.eden4j.simulator.sweep;

/** Mean and variance of a stream of numbers, by Welford's recurrence; groups are merged by Chan's formula. */
final class Moments {
    private long count;
    private double mean;
    /** Sum of squared deviations from the mean. */
    private double squares;

    void add(double value) {
        count++;
        double deviation = value - mean;
        mean += deviation / count;
        squares += deviation * (value - mean);
    }

    /** Adds all numbers of another instance. */
    void merge(Moments other) {
        if (other.count == 0) {
            return;
        }
        long total = count + other.count;
        double deviation = other.mean - mean;
        mean += deviation * other.count / total;
        squares += other.squares + deviation * deviation * count * other.count / total;
        count = total;
    }

    long count() {
        return count;
    }

    double mean() {
        return mean;
    }

    /** Returns the standard error of the mean; NaN for fewer than two numbers. */
    double standardError() {
        return count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1) / count);
    }
}
