package org.eden4j.compressor;

/**
 * The squared bias |E x^ - x|^2 / |x|^2 of an estimator x^ of one vector x, from T trials with errors e_t = x^_t - x:
 *
 * <pre>
 * U = (|sum e_t|^2 - sum |e_t|^2) / (T (T - 1) |x|^2)
 * </pre>
 *
 * whose expectation is exactly the squared bias (it may come out below zero). Its standard error is that of the jackknife
 * that leaves out one of {@value #GROUPS} groups of trials at a time.
 */
public final class SquaredBias {
    public static final int GROUPS = 25;

    private final float[] x;
    private final double squaredNorm;
    private final double[][] sums;
    private final double[] squares = new double[GROUPS];
    private final long[] counts = new long[GROUPS];
    private int next;

    public SquaredBias(float[] x) {
        this.x = x.clone();
        squaredNorm = TestVectors.squaredNorm(x);
        sums = new double[GROUPS][x.length];
    }

    public void add(float[] estimate) {
        double[] sum = sums[next];
        double square = 0;
        for (int i = 0; i < x.length; i++) {
            double e = (double) estimate[i] - x[i];
            sum[i] += e;
            square += e * e;
        }
        squares[next] += square;
        counts[next]++;
        next = (next + 1) % GROUPS;
    }

    public double value() {
        return without(-1);
    }

    public double standardError() {
        double[] parts = new double[GROUPS];
        double mean = 0;
        for (int group = 0; group < GROUPS; group++) {
            parts[group] = without(group);
            mean += parts[group] / GROUPS;
        }
        double squaredDeviations = 0;
        for (double part : parts) {
            squaredDeviations += (part - mean) * (part - mean);
        }
        return Math.sqrt(squaredDeviations * (GROUPS - 1) / GROUPS);
    }

    private double without(int left) {
        double[] total = new double[x.length];
        double square = 0;
        long count = 0;
        for (int group = 0; group < GROUPS; group++) {
            if (group == left) {
                continue;
            }
            for (int i = 0; i < total.length; i++) {
                total[i] += sums[group][i];
            }
            square += squares[group];
            count += counts[group];
        }
        double squareOfSum = 0;
        for (double component : total) {
            squareOfSum += component * component;
        }
        return (squareOfSum - square) / (count * (count - 1.0) * squaredNorm);
    }
}
