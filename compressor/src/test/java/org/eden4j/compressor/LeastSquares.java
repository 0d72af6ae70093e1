package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * Distributed least squares with heavy tails: worker w minimises sum_i h_i (x_i - a_wi)^2 / 2, and the mean of the a_w
 * is the common solution. Curvatures h lie between 1/2 and 1. The a_wi are independent and Student-t with 2 degrees of
 * freedom, so the workers' gradients are large even where their mean is zero; biased methods stall because of that.
 */
final class LeastSquares {
    private static final int WORKERS = 4;
    private static final int DIMENSION = 1024;
    private static final int BLOCK_SIZE = 512;
    private static final double FIRST_STEP = 0.2;
    /** Number of rounds after which the step is halved. */
    private static final double HALVING = 50;

    private final float[] curvature = new float[DIMENSION];
    private final float[][] target = new float[WORKERS][DIMENSION];
    private final double[] solution = new double[DIMENSION];

    LeastSquares(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < DIMENSION; i++) {
            curvature[i] = 1 - random.nextFloat() / 2;
            for (int w = 0; w < WORKERS; w++) {
                double chiSquared = -2 * Math.log(1 - random.nextDouble());
                target[w][i] = (float) (random.nextGaussian() / Math.sqrt(chiSquared / 2));
                solution[i] += target[w][i] / (double) WORKERS;
            }
        }
    }

    /**
     * Performs gradient descent from 0 over the mean of the workers' compressed steps; the t-th step is 0.2 / (1 + t /
     * 50).
     *
     * @return the final squared distance to the solution relative to the initial one, averaged over the last tenth of
     *         the rounds
     */
    double descend(Method method, boolean errorFeedback, int rounds) {
        ErrorFeedback[] memories = new ErrorFeedback[WORKERS];
        BlockCodec[] codecs = new BlockCodec[WORKERS];
        for (int w = 0; w < WORKERS; w++) {
            memories[w] = new ErrorFeedback(DIMENSION);
            codecs[w] = errorFeedback ? memories[w].encoder(method) : method.codec();
        }
        float[] x = new float[DIMENSION];
        double start = squaredDistance(x);
        double end = 0;
        for (int round = 0; round < rounds; round++) {
            float[] mean = meanStep(codecs, x, round);
            for (ErrorFeedback memory : memories) {
                memory.commit();
            }
            for (int i = 0; i < DIMENSION; i++) {
                x[i] -= mean[i];
            }
            if (round >= rounds - rounds / 10) {
                end += squaredDistance(x) / (rounds / 10);
            }
        }
        return end / start;
    }

    private float[] meanStep(BlockCodec[] codecs, float[] x, int round) {
        float[] mean = new float[DIMENSION];
        MemorySegment sum = MemorySegment.ofArray(mean);
        MemorySegment payload = MemorySegment.ofArray(new byte[codecs[0].payloadBytes(BLOCK_SIZE)]);
        for (int w = 0; w < WORKERS; w++) {
            MemorySegment step = step(x, w, (float) (FIRST_STEP / (1 + round / HALVING)));
            for (int first = 0; first < DIMENSION; first += BLOCK_SIZE) {
                BlockSeed seed = BlockSeed.of(1, round, w, first / BLOCK_SIZE);
                int bytes = codecs[w].encode(step, first, BLOCK_SIZE, seed, payload, 0);
                codecs[w].accumulate(payload, 0, bytes, BLOCK_SIZE, seed, 1f / WORKERS, sum, first);
            }
        }
        for (int first = 0; first < DIMENSION; first += BLOCK_SIZE) {
            codecs[0].finish(BLOCK_SIZE, BlockSeed.of(1, round, 0, first / BLOCK_SIZE), sum, first);
        }
        return mean;
    }

    private MemorySegment step(float[] x, int worker, float size) {
        float[] step = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            step[i] = size * curvature[i] * (x[i] - target[worker][i]);
        }
        return MemorySegment.ofArray(step);
    }

    private double squaredDistance(float[] x) {
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (x[i] - solution[i]) * (x[i] - solution[i]);
        }
        return sum;
    }
}
