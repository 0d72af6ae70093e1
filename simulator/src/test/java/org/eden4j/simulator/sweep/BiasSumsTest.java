package org.eden4j.simulator.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BiasSumsTest {
    private static final int DIMENSION = 5;

    @Test
    void shouldEqualTheAverageOverAllPairsOfDifferentErrors() {
        double[][] errors = errors(23, .3);
        double squaredNorm = 7;
        BiasSums.Estimate estimate = BiasSums.estimate(groups(errors, 4), squaredNorm);
        assertEquals(overPairs(errors) / squaredNorm, estimate.squaredBias(), 1e-12);
    }

    @Test
    void shouldJackknifeByLeavingOutOneGroupAtATime() {
        double[][] errors = errors(24, .3);
        int size = 6;
        List<Double> without = new ArrayList<>();
        for (int g = 0; g < errors.length / size; g++) {
            List<double[]> rest = new ArrayList<>();
            for (int t = 0; t < errors.length; t++) {
                if (t / size != g) {
                    rest.add(errors[t]);
                }
            }
            without.add(overPairs(rest.toArray(double[][]::new)));
        }
        double mean = without.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares = without.stream().mapToDouble(u -> (u - mean) * (u - mean)).sum();
        double expected = Math.sqrt(squares * (without.size() - 1) / without.size());
        assertEquals(expected, BiasSums.estimate(groups(errors, size), 1).standardError(), 1e-12);
    }

    /** By chance: 4e-8, eight standard errors of 25 groups. */
    @Test
    void shouldFindTheBiasWithinItsStandardError() {
        double[][] errors = errors(20_000, .1);
        BiasSums.Estimate estimate = BiasSums.estimate(groups(errors, 20_000 / 25), 1);
        double squaredBias = DIMENSION * .1 * .1;
        assertEquals(squaredBias, estimate.squaredBias(), 8 * estimate.standardError());
        assertTrue(estimate.standardError() > 0 && estimate.standardError() < .1 * squaredBias);
    }

    @Test
    void shouldNotEstimateFromOneError() {
        assertTrue(Double.isNaN(BiasSums.estimate(groups(errors(1, 0), 1), 1).squaredBias()));
    }

    private static double[][] errors(int count, double bias) {
        SplittableRandom random = new SplittableRandom(count);
        double[][] errors = new double[count][DIMENSION];
        for (double[] error : errors) {
            for (int i = 0; i < DIMENSION; i++) {
                error[i] = bias + random.nextGaussian();
            }
        }
        return errors;
    }

    private static List<BiasSums> groups(double[][] errors, int size) {
        List<BiasSums> groups = new ArrayList<>();
        for (int t = 0; t < errors.length; t++) {
            if (t % size == 0) {
                groups.add(new BiasSums(DIMENSION));
            }
            groups.getLast().next(dot(errors[t], errors[t]));
            for (int i = 0; i < DIMENSION; i++) {
                groups.getLast().add(i, errors[t][i]);
            }
        }
        return groups;
    }

    private static double overPairs(double[][] errors) {
        double sum = 0;
        for (int s = 0; s < errors.length; s++) {
            for (int t = 0; t < errors.length; t++) {
                sum += s == t ? 0 : dot(errors[s], errors[t]);
            }
        }
        return sum / ((double) errors.length * (errors.length - 1));
    }

    private static double dot(double[] a, double[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
        }
        return dot;
    }
}
