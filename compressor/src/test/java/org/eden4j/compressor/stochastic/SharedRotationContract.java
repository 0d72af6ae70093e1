package org.eden4j.compressor.stochastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.RunningMean;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of methods that round at random in addition to {@link BlockCodecContract}: only the encoder uses the
 * worker's own seed, the shared seed determines the rotation, and contributions are summed as they are and finished
 * once.
 */
abstract class SharedRotationContract extends BlockCodecContract {
    private static final int WORKERS = 5;

    /** Returns whether the method rotates its blocks. */
    protected abstract boolean rotates(Method method);

    @Override
    protected int sumCoordinates(Method method, int length) {
        return rotates(method) ? BlockLayout.paddedSize(length) : length;
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldDecodeWithoutTheEncodersOwnSeed(Method method) {
        float[] x = TestVectors.normal(SEED, 1000);
        BlockPipe pipe = new BlockPipe(method, x.length);
        float[] estimate = pipe.send(x, new BlockSeed(1, 2)).clone();
        assertArrayEquals(estimate, pipe.decode(new BlockSeed(3, 2)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldRoundDifferentlyWithEveryOwnSeed(Method method) {
        float[] x = TestVectors.normal(SEED, 1024);
        BlockPipe pipe = new BlockPipe(method, x.length);
        float[] one = pipe.send(x, new BlockSeed(1, 2)).clone();
        float[] other = pipe.send(x, new BlockSeed(3, 2));
        assertTrue(TestVectors.squaredDistance(one, other) > 0, "two seeds rounded alike");
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldFinishASumAsItFinishesItsTerms(Method method) {
        for (int length : new int[]{1, 128, 200, 1024}) {
            BlockCodec codec = BlockCodec.of(method);
            int first = 3;
            int coordinates = sumCoordinates(method, length);
            MemorySegment sum = Arena.ofAuto().allocate(4L * (first + coordinates), 4);
            double[] terms = new double[length];
            double scale = 0;
            for (int worker = 0; worker < WORKERS; worker++) {
                float[] x = TestVectors.normal(SEED + worker, length);
                BlockSeed seed = new BlockSeed(worker, 77);
                byte[] payload = new byte[codec.payloadBytes(length)];
                codec.encode(MemorySegment.ofArray(x), 0, length, seed, MemorySegment.ofArray(payload), 0);
                float weight = 1 + worker;
                codec.accumulate(MemorySegment.ofArray(payload), 0, payload.length, length, seed, weight, sum, first);
                float[] alone = new BlockPipe(method, length).send(x, seed);
                for (int i = 0; i < length; i++) {
                    terms[i] += weight * alone[i];
                    scale = Math.max(scale, Math.abs(weight * alone[i]));
                }
            }
            codec.finish(length, new BlockSeed(-1, 77), sum, first);
            float[] finished = TestVectors.floats(sum);
            for (int i = 0; i < length; i++) {
                assertEquals(terms[i], finished[first + i], 2e-5 * scale, "length " + length + ", coordinate " + i);
            }
        }
    }

    /**
     * The same vector at n workers: the rotation is shared, the rounding is not, and the error falls as 1/n. By chance:
     * 1e-6, for 18 methods at six standard errors of 100 trials.
     */
    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldAverageItsErrorAway(Method method) {
        int length = 512;
        int workers = 64;
        float[] x = TestVectors.normal(SEED, length);
        BlockPipe pipe = new BlockPipe(method, length);
        RunningMean one = new RunningMean();
        RunningMean many = new RunningMean();
        for (int trial = 0; trial < 100; trial++) {
            double[] mean = new double[length];
            for (int worker = 0; worker < workers; worker++) {
                float[] estimate = pipe.send(x, BlockSeed.of(SEED, trial, worker, 0));
                if (worker == 0) {
                    one.add(TestVectors.relativeError(x, estimate));
                }
                for (int i = 0; i < length; i++) {
                    mean[i] += estimate[i] / (double) workers;
                }
            }
            double squaredDistance = 0;
            for (int i = 0; i < length; i++) {
                squaredDistance += (mean[i] - x[i]) * (mean[i] - x[i]);
            }
            many.add(workers * squaredDistance / TestVectors.squaredNorm(x));
        }
        double standardError = Math.hypot(one.standardError(), many.standardError());
        String report = Measurement.print("%s d=%d: n nmse %.4g +- %.2g at n = 1, %.4g +- %.2g at n = %d, seed %d",
                method, length, one.mean(), one.standardError(), many.mean(), many.standardError(), workers, SEED);
        assertEquals(one.mean(), many.mean(), 6 * standardError, report);
    }
}
