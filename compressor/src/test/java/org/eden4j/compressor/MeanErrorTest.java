package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The error of the mean of n workers with the same lognormal vector: n nmse equals its value at n = 1.
 *
 * <p>By chance: 3e-6, in five comparisons at five standard errors at least.
 */
class MeanErrorTest {
    private static final long SEED = 61;
    private static final int SIZE = 128;
    private static final float[] X = TestVectors.lognormal(SEED, SIZE);
    private static final double IDEAL = .57;

    @ParameterizedTest
    @CsvSource({"1, 4000", "10, 1000", "100, 250", "1000, 250", "10000, 250"})
    void shouldFallWithTheNumberOfWorkers(int workers, int trials) {
        RunningMean error = workersTimesNmse("eden:bits=1", workers, trials);
        assertTrue(5 * error.standardError() < .05 * IDEAL, "not accurate enough: " + error.standardError());
        assertEquals(IDEAL, error.mean(), .05 * IDEAL);
    }

    @Test
    void shouldStopFallingAfterOneRound() {
        RunningMean error = workersTimesNmse("eden:bits=1,rounds=1", 1000, 30);
        assertTrue(error.mean() - 5 * error.standardError() > 1.5 * IDEAL, "only " + error.mean());
    }

    private static RunningMean workersTimesNmse(String text, int workers, int trials) {
        BlockPipe pipe = new BlockPipe(Method.parse(text), SIZE);
        RunningMean error = new RunningMean();
        for (int trial = 0; trial < trials; trial++) {
            double[] sum = new double[SIZE];
            for (int worker = 0; worker < workers; worker++) {
                float[] estimate = pipe.send(X, BlockSeed.of(SEED, trial, worker, 0));
                for (int i = 0; i < SIZE; i++) {
                    sum[i] += estimate[i];
                }
            }
            double squaredDistance = 0;
            for (int i = 0; i < SIZE; i++) {
                double e = sum[i] / workers - X[i];
                squaredDistance += e * e;
            }
            error.add(workers * squaredDistance / TestVectors.squaredNorm(X));
        }
        Measurement.print("n nmse %s d=%d n=%d trials=%d seed=%d: %.4f +- %.4f", text, SIZE, workers, trials, SEED,
                error.mean(), error.standardError());
        return error;
    }
}
