package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.RoundResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Compares the expected error reported to members and by the aggregator with the actual error of the mean. By chance: 1e-6.
 */
@Timeout(120)
class ExpectedErrorJobTest {
    private static final int DIMENSION = 8192;
    private static final int BLOCK = 4096;
    private static final int ROUNDS = 40;
    private static final Method UP = Method.parse("eden:bits=2");
    private static final Method DOWN = Method.parse("eden:bits=4");

    /** Returns |received - mean|^2 divided by the weighted mean squared norm of the updates. */
    private static double error(float[] received, List<float[]> updates, float[] weights) {
        double total = 0;
        for (float weight : weights) {
            total += weight;
        }
        double error = 0;
        double energy = 0;
        for (int i = 0; i < received.length; i++) {
            double mean = 0;
            for (int worker = 0; worker < weights.length; worker++) {
                double x = updates.get(worker)[i];
                mean += weights[worker] / total * x;
                energy += weights[worker] / total * x * x;
            }
            error += (received[i] - mean) * (received[i] - mean);
        }
        return error / energy;
    }

    private static double most(double largestShare) {
        double up = UP.expectedError(BLOCK).orElseThrow() * largestShare;
        return up + DOWN.expectedError(BLOCK).orElseThrow() * (1 + up);
    }

    /** The mean of the errors of all rounds, and the reported bound, which is the same for all. */
    private record Errors(double measured, double standardError, double told) {}

    private static Errors run(boolean equal, float... weights) throws Exception {
        List<Double> errors = new ArrayList<>();
        double told = 0;
        try (Job job = new Job(Job.Channel.IPC, weights.length, UP, DOWN, options -> options)) {
            for (int i = 0; i < weights.length; i++) {
                job.join(i, DIMENSION);
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<float[]> updates = new ArrayList<>();
                for (int i = 0; i < weights.length; i++) {
                    updates.add(Job.gaussian(DIMENSION, 100L * round + (equal ? 0 : i)));
                }
                List<Job.Exchanged> exchanged = job.exchange(job.workers, updates, weights);
                told = exchanged.getFirst().result().expectedError().orElseThrow();
                errors.add(error(exchanged.getFirst().mean(), updates, weights));
            }
            Job.await("reports of all rounds", () -> job.rounds.size() == ROUNDS);
            assertEquals(told, job.rounds.getLast().expectedError().orElseThrow(), 1e-7 * told);
        }
        double mean = errors.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares = errors.stream().mapToDouble(error -> (error - mean) * (error - mean)).sum();
        return new Errors(mean, Math.sqrt(squares / (ROUNDS - 1) / ROUNDS), told);
    }

    /** Six standard errors of 40 rounds. */
    @Test
    void shouldBeTheErrorOfEqualUpdatesOfEqualWeights() throws Exception {
        Errors errors = run(true, 2, 2, 2, 2);
        assertEquals(most(.25), errors.told, 1e-7);
        assertEquals(errors.told, errors.measured, 6 * errors.standardError, errors.toString());
    }

    /** The error is far below the bound, because one weight is large and updates differ: the margin is 100 standard errors. */
    @Test
    void shouldBeAboveTheErrorOfOtherUpdates() throws Exception {
        Errors errors = run(false, 6, 1, 1, 2);
        assertEquals(most(.6), errors.told, 1e-7);
        assertTrue(errors.measured <= errors.told, errors.toString());
    }

    @Test
    void shouldSayNothingWhereTheErrorDependsOnTheInput() throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 1, Method.parse("topk:fraction=0.05"))) {
            job.join(0, DIMENSION);
            RoundResult result = job
                .exchange(job.workers, Collections.singletonList(Job.gaussian(DIMENSION, 1)), new float[]{1})
                .getFirst()
                .result();
            assertTrue(result.expectedError().isEmpty(), result.toString());
        }
    }
}
