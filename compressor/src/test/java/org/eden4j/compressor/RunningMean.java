package org.eden4j.compressor;

/** Mean and standard error of numbers as they come, by Welford's recurrence. */
final class RunningMean {
    private long count;
    private double mean;
    private double squares;

    void add(double value) {
        count++;
        double change = value - mean;
        mean += change / count;
        squares += change * (value - mean);
    }

    double mean() {
        return mean;
    }

    double standardError() {
        return Math.sqrt(squares / (count - 1) / count);
    }
}
