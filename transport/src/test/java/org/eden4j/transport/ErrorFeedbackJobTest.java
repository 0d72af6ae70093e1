package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.media.InjectedLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The compression error is sent in later rounds, once, whatever the outcome of a round. */
@Timeout(120)
class ErrorFeedbackJobTest {
    private static final Method TOPK = Method.parse("topk:fraction=0.05");
    private static final int DIMENSION = 8191;
    private static final int ROUNDS = 100;

    /** Returns |mean of the received means - vector|^2 / |vector|^2 if every worker submits {@code vector} each round. */
    private static double averageError(double[] sum, float[] vector) {
        double error = 0;
        double norm = 0;
        for (int i = 0; i < vector.length; i++) {
            double difference = sum[i] / ROUNDS - vector[i];
            error += difference * difference;
            norm += (double) vector[i] * vector[i];
        }
        return error / norm;
    }

    private static double averageError(UnaryOperator<WorkerBuilder> options) throws Exception {
        try (Job job = new Job(Job.Channel.IPC, 2, TOPK, Method.parse("none"), builder -> builder)) {
            List<Worker> workers = List.of(job.join(0, DIMENSION, options), job.join(1, DIMENSION, options));
            float[] vector = Job.gaussian(DIMENSION, 5);
            double[] sum = new double[DIMENSION];
            for (int round = 0; round < ROUNDS; round++) {
                float[] mean = job.exchange(workers, List.of(vector, vector), new float[]{1, 1}).getFirst().mean();
                for (int i = 0; i < DIMENSION; i++) {
                    sum[i] += mean[i];
                }
            }
            return averageError(sum, vector);
        }
    }

    /** Nothing is drawn at random: the vector is fixed, top-k is deterministic. */
    @Test
    void shouldComeToTheMeanOnAverage() throws Exception {
        double dropped = averageError(options -> options);
        double kept = averageError(WorkerBuilder::errorFeedback);
        System.out.printf("topk 5 %%, mean of %d rounds: error %.3g without, %.3g with error feedback%n", ROUNDS,
                dropped,
                kept);
        assertTrue(dropped > .3, () -> "without error feedback " + dropped);
        assertTrue(kept < .01, () -> "with error feedback " + kept);
    }

    /**
     * A fifth of all frames is lost. If both the caller and the residual carried them, a fifth of the vector would
     * arrive twice, an error of .04; the residual left at the end makes .01.
     */
    @Test
    void shouldCountOnceWhatWasLostAndCarried() throws Exception {
        try (Job job = new Job(Job.Channel.UDP, 1, TOPK, Method.parse("none"),
                builder -> builder.mtu(1408).reliableUplink(false).injectLoss(new InjectedLoss(.2, 11)))) {
            Worker worker = job.join(0, DIMENSION,
                    options -> options.mtu(1408).errorFeedback());
            float[] vector = Job.gaussian(DIMENSION, 5);
            float[] update = vector.clone();
            double[] sum = new double[DIMENSION];
            int lostCoordinates = 0;
            for (int round = 0; round < ROUNDS; round++) {
                Job.Exchanged exchanged = Job.exchange(worker, update, 1);
                float[] next = vector.clone();
                for (CoordinateRange range : exchanged.result().uncounted()) {
                    for (long i = range.first(); i < range.end(); i++) {
                        next[(int) i] += update[(int) i];
                        lostCoordinates++;
                    }
                }
                update = next;
                for (int i = 0; i < DIMENSION; i++) {
                    sum[i] += exchanged.mean()[i];
                }
            }
            double error = averageError(sum, vector);
            System.out.printf("%d coordinates were lost in %d rounds, the error of the mean is %.3g%n", lostCoordinates,
                    ROUNDS, error);
            assertTrue(lostCoordinates > DIMENSION, () -> "the loss did not take effect");
            assertTrue(error < .02, () -> "error " + error);
            assertEquals(ROUNDS, worker.round());
        }
    }
}
