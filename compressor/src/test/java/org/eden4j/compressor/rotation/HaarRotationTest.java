package org.eden4j.compressor.rotation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.RunningMean;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By chance: 2e-5, in 1,035 comparisons at six standard errors, half of them of squares, which are skewed. */
public class HaarRotationTest {
    private static final long SEED = 71;
    private static final int SIZE = 128;

    private final HaarRotation rotation = new HaarRotation(new ScalarKernels());

    private float[] rotate(float[] x, long seed) {
        MemorySegment y = TestVectors.offHeap(x);
        assertEquals(8, rotation.rotate(y, 0, x.length, seed, 3, 1, y), "the factor of an exponent of 3");
        float[] rotated = TestVectors.floats(y);
        for (int i = 0; i < rotated.length; i++) {
            rotated[i] *= 8;
        }
        return rotated;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, SEED})
    void shouldBeOrthogonal(long seed) {
        float[][] columns = new float[SIZE][];
        for (int k = 0; k < SIZE; k++) {
            float[] unit = new float[SIZE];
            unit[k] = 1;
            columns[k] = rotate(unit, seed);
        }
        for (int j = 0; j < SIZE; j++) {
            for (int k = 0; k <= j; k++) {
                assertEquals(j == k ? 1 : 0, TestVectors.dot(columns[j], columns[k]), 1e-6, "columns " + j + ", " + k);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 1024})
    void shouldComeBack(int size) {
        float[] x = TestVectors.normal(SEED, size);
        MemorySegment sum = TestVectors.offHeap(new float[size]);
        rotation.addInverse(TestVectors.offHeap(rotate(x, SEED)), size, SEED, 1, .5, sum, 0, size);
        float[] back = TestVectors.floats(sum);
        for (int i = 0; i < size; i++) {
            assertEquals(.5f * x[i], back[i], 1e-6f, "coordinate " + i);
        }
    }

    /**
     * Every column, not only the first, is uniform on the sphere: its coordinates have mean 0, variance 1/d, fourth moment
     * 3 / (d (d + 2)), and two columns' products have mean 0 and E u_i^2 v_i^2 = 1 / (d (d + 2)).
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 126, 127})
    void shouldBringEveryUnitVectorAnywhere(int column) {
        float[] unit = new float[SIZE];
        unit[column] = 1;
        float[] other = new float[SIZE];
        other[(column + 63) % SIZE] = 1;
        int trials = 2_000;
        RunningMean[] means = new RunningMean[SIZE];
        RunningMean[] squares = new RunningMean[SIZE];
        RunningMean fourth = new RunningMean();
        RunningMean mixed = new RunningMean();
        for (int i = 0; i < SIZE; i++) {
            means[i] = new RunningMean();
            squares[i] = new RunningMean();
        }
        for (int trial = 0; trial < trials; trial++) {
            float[] u = rotate(unit, SEED + trial);
            float[] v = rotate(other, SEED + trial);
            double fourths = 0;
            double products = 0;
            for (int i = 0; i < SIZE; i++) {
                double square = u[i] * (double) u[i];
                means[i].add(u[i]);
                squares[i].add(square);
                fourths += square * square;
                products += square * v[i] * v[i];
            }
            fourth.add(fourths / SIZE);
            mixed.add(products / SIZE);
        }
        for (int i = 0; i < SIZE; i++) {
            assertEquals(0, means[i].mean(), 6 * means[i].standardError(), "mean of coordinate " + i);
            assertEquals(1.0 / SIZE, squares[i].mean(), 6 * squares[i].standardError(), "square of coordinate " + i);
        }
        double expected = 1.0 / SIZE / (SIZE + 2);
        assertEquals(3 * expected, fourth.mean(), 6 * fourth.standardError(), "fourth moment, seed " + SEED);
        assertEquals(expected, mixed.mean(), 6 * mixed.standardError(), "mixed moment, seed " + SEED);
    }

    /** Data drawn with the block's own seed, by either of our generators, is as good as any other: no catastrophic tail. */
    @Test
    void shouldNotMeetDataOfTheSameSeed() {
        Method method = Method.parse("eden:bits=4,rotation=haar");
        BlockPipe pipe = new BlockPipe(method, SIZE);
        SplitMix random = new SplitMix();
        RunningMean ours = new RunningMean();
        RunningMean javas = new RunningMean();
        for (int trial = 0; trial < 1_000; trial++) {
            float[] x = new float[SIZE];
            random.reset(trial, 0);
            for (int i = 0; i < SIZE; i++) {
                x[i] = (float) random.nextGaussian();
            }
            double error = TestVectors.relativeError(x, pipe.send(x, new BlockSeed(trial, 0)));
            assertTrue(error < .04, "seed " + trial + ": " + error);
            ours.add(error);
            float[] y = TestVectors.normal(trial, SIZE);
            javas.add(TestVectors.relativeError(y, pipe.send(y, new BlockSeed(trial, 0))));
        }
        double expected = .0092590226;
        assertEquals(expected, ours.mean(), 6 * ours.standardError());
        assertEquals(expected, javas.mean(), 6 * javas.standardError());
    }

    @Test
    void shouldRotateDifferentlyWithEverySeed() {
        float[] x = TestVectors.normal(SEED, SIZE);
        float[] one = rotate(x, 1);
        assertArrayEquals(one, rotate(x, 1));
        double cosine = TestVectors.dot(one, rotate(x, 2)) / TestVectors.squaredNorm(x);
        assertEquals(0, cosine, 6 / Math.sqrt(SIZE));
        assertEquals(1, TestVectors.dot(one, one) / TestVectors.squaredNorm(x), 1e-6);
    }

    @Test
    void shouldAddOnlyTheCoordinatesThatExist() {
        MemorySegment sum = Arena.ofAuto().allocate(4L * SIZE);
        rotation.addInverse(TestVectors.offHeap(TestVectors.normal(SEED, SIZE)), SIZE, SEED, 1, 1, sum, 4, 100);
        float[] after = TestVectors.floats(sum);
        assertEquals(0, after[0]);
        assertEquals(0, TestVectors.squaredNorm(java.util.Arrays.copyOfRange(after, 101, SIZE)));
        assertEquals(100, TestVectors.count(after, value -> value != 0));
    }
}
