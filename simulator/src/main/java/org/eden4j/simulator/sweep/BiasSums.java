package org.eden4j.simulator.sweep;

import java.util.List;

/**
 * The squared bias |E x^ - x|^2 / |x|^2 of one vector's estimate, from errors e_t = x^_t - x over seeds t.
 *
 * <p>The squared mean of T errors still contains their variance divided by T. The U-statistic (|sum e|^2 - sum |e|^2) /
 * (T (T-1) |x|^2) averages the products of <em>different</em> errors only, and its expectation is exactly the squared
 * bias. Its standard error is a jackknife that leaves out one group of seeds at a time.
 *
 * <p>An instance holds one group: a sum of vectors and a sum of squares, so memory is groups times dimension.
 */
final class BiasSums {
    private final double[] sum;
    private double squares;
    private long count;

    BiasSums(int dimension) {
        sum = new double[dimension];
    }

    /** The estimate and its standard error, both relative to |x|^2; NaN if there are too few seeds. */
    record Estimate(double squaredBias, double standardError) {}

    /** Starts the error of the next seed, whose coordinates follow through {@link #add}. */
    void next(double squaredError) {
        squares += squaredError;
        count++;
    }

    /** Adds a coordinate of the current error. */
    void add(int coordinate, double error) {
        sum[coordinate] += error;
    }

    /**
     * Combines the groups.
     *
     * @param squaredNorm |x|^2
     */
    static Estimate estimate(List<BiasSums> groups, double squaredNorm) {
        double[] total = new double[groups.getFirst().sum.length];
        double squares = 0;
        long count = 0;
        for (BiasSums group : groups) {
            for (int i = 0; i < total.length; i++) {
                total[i] += group.sum[i];
            }
            squares += group.squares;
            count += group.count;
        }
        double totalSquared = dot(total, total);
        double all = statistic(totalSquared, squares, count) / squaredNorm;
        double[] without = new double[groups.size()];
        double mean = 0;
        for (int g = 0; g < without.length; g++) {
            BiasSums group = groups.get(g);
            double rest = totalSquared - 2 * dot(total, group.sum) + dot(group.sum, group.sum);
            without[g] = statistic(rest, squares - group.squares, count - group.count) / squaredNorm;
            mean += without[g] / without.length;
        }
        double deviations = 0;
        for (double one : without) {
            deviations += (one - mean) * (one - mean);
        }
        double factor = (without.length - 1.0) / without.length;
        return new Estimate(all, without.length < 2 ? Double.NaN : Math.sqrt(factor * deviations));
    }

    /**
     * Returns |mean of a group's estimates - x|^2 / |x|^2, averaged over the groups. Error feedback drives it to zero;
     * its errors are not independent.
     *
     * @param squaredNorm |x|^2
     */
    static double averageError(List<BiasSums> groups, double squaredNorm) {
        double error = 0;
        for (BiasSums group : groups) {
            error += dot(group.sum, group.sum) / ((double) group.count * group.count * squaredNorm * groups.size());
        }
        return error;
    }

    private static double statistic(double squaredSum, double squares, long count) {
        return count < 2 ? Double.NaN : (squaredSum - squares) / ((double) count * (count - 1));
    }

    private static double dot(double[] a, double[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
        }
        return dot;
    }
}
