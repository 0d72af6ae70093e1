package org.eden4j.compressor;

/** Mean and standard error of a stream of numbers, by Welford's recurrence. */
public final class RunningMean {
    private long count;
    private double mean;
    private double squares;

    public void add(double value) {
        count++;
        double change = value - mean;
        mean += change / count;
        squares += change * (value - mean);
    }

    public double mean() {
        return mean;
    }

    public double standardError() {
        return Math.sqrt(squares / (count - 1) / count);
    }
}
