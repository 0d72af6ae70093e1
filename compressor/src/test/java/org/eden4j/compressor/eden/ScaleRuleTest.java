package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The identities of {@link ScaleRule} for single blocks, from the codec: exact up to the float32 rounding of scale,
 * centroids and transforms, about 1e-7 each, which at 8 bits is no longer small compared with an error of 4e-5.
 */
class ScaleRuleTest {
    private static final double FLOAT_ACCURACY = 1e-6;
    private static final long SEED = 577215;

    static Stream<Arguments> bitsAndSizes() {
        return IntStream.rangeClosed(1, 8)
            .boxed()
            .flatMap(bits -> Stream.of(128, 1024, 4096).map(size -> Arguments.of(bits, size)));
    }

    @ParameterizedTest
    @MethodSource("bitsAndSizes")
    void shouldKeepTheInnerProductWithXWhenUnbiased(int bits, int size) {
        for (float[] x : inputs(size)) {
            float[] estimate = estimate(ScaleRule.UNBIASED, bits, x);
            assertEquals(1, TestVectors.dot(estimate, x) / TestVectors.squaredNorm(x), FLOAT_ACCURACY);
            double cos = cos(x, estimate);
            assertEquals(1 / (cos * cos) - 1, TestVectors.relativeError(x, estimate), FLOAT_ACCURACY);
        }
    }

    @ParameterizedTest
    @MethodSource("bitsAndSizes")
    void shouldLeaveAnErrorOrthogonalToTheEstimateWhenBiased(int bits, int size) {
        for (float[] x : inputs(size)) {
            float[] estimate = estimate(ScaleRule.BIASED, bits, x);
            double squaredNorm = TestVectors.squaredNorm(x);
            double along = (TestVectors.squaredNorm(estimate) - TestVectors.dot(x, estimate)) / squaredNorm;
            assertEquals(0, along, FLOAT_ACCURACY);
            double cos = cos(x, estimate);
            assertEquals(1 - cos * cos, TestVectors.relativeError(x, estimate), FLOAT_ACCURACY);
        }
    }

    @ParameterizedTest
    @MethodSource("bitsAndSizes")
    void shouldKeepTheNormWhenMatched(int bits, int size) {
        for (float[] x : inputs(size)) {
            float[] estimate = estimate(ScaleRule.MATCHED_NORM, bits, x);
            double squaredNorm = TestVectors.squaredNorm(x);
            assertEquals(1, TestVectors.squaredNorm(estimate) / squaredNorm, FLOAT_ACCURACY);
            assertEquals(2 - 2 * cos(x, estimate), TestVectors.relativeError(x, estimate), FLOAT_ACCURACY);
        }
    }

    @ParameterizedTest
    @MethodSource("bitsAndSizes")
    void shouldScaleByTheNormOverTheRootOfTheSizeWhenUnit(int bits, int size) {
        for (float[] x : inputs(size)) {
            BlockPipe pipe = pipe(ScaleRule.UNIT, bits, size);
            float[] estimate = pipe.send(x, SEED);
            assertEquals(1, pipe.scale() / Math.sqrt(TestVectors.squaredNorm(x) / size), FLOAT_ACCURACY);
            double cos = cos(x, estimate);
            assertTrue(TestVectors.relativeError(x, estimate) >= 1 - cos * cos - FLOAT_ACCURACY);
        }
    }

    /** Uses one round: with more, only the unbiased estimate has shifted blocks, see {@link LatticeDither}. */
    @ParameterizedTest
    @MethodSource("bitsAndSizes")
    void shouldDifferInNothingButTheScale(int bits, int size) {
        for (float[] x : inputs(size)) {
            float unbiased = oneRoundScale(ScaleRule.UNBIASED, bits, x);
            float biased = oneRoundScale(ScaleRule.BIASED, bits, x);
            float matched = oneRoundScale(ScaleRule.MATCHED_NORM, bits, x);
            assertEquals(1, (double) matched * matched / ((double) unbiased * biased), FLOAT_ACCURACY);
            assertTrue(biased <= unbiased * (1 + FLOAT_ACCURACY), biased + " should be below " + unbiased);
            float[] one = oneRound(ScaleRule.UNBIASED, bits, size).send(x, SEED).clone();
            float[] other = oneRound(ScaleRule.BIASED, bits, size).send(x, SEED);
            assertEquals(1, cos(one, other), FLOAT_ACCURACY);
        }
    }

    @Test
    void shouldFollowTheFormulas() {
        double squaredNorm = 30;
        double dot = 20;
        double squaredCentroidNorm = 16;
        assertEquals(1.5, ScaleRule.UNBIASED.scale(squaredNorm, dot, squaredCentroidNorm, 4));
        assertEquals(1.25, ScaleRule.BIASED.scale(squaredNorm, dot, squaredCentroidNorm, 4));
        assertEquals(Math.sqrt(1.875), ScaleRule.MATCHED_NORM.scale(squaredNorm, dot, squaredCentroidNorm, 4));
        assertEquals(Math.sqrt(7.5), ScaleRule.UNIT.scale(squaredNorm, dot, squaredCentroidNorm, 4));
        assertEquals(.25 / .75, ScaleRule.UNBIASED.vnmse(.25), 1e-15);
        assertEquals(.25, ScaleRule.BIASED.vnmse(.25));
        assertEquals(.25, ScaleRule.UNIT.vnmse(.25));
        assertEquals(2 - Math.sqrt(3), ScaleRule.MATCHED_NORM.vnmse(.25), 1e-15);
    }

    private static float[][] inputs(int size) {
        return new float[][]{
                TestVectors.normal(SEED, size), TestVectors.normal(SEED + 1, size, 1e-20),
                TestVectors.sparse(size, 2, 1), TestVectors.sparse(size, -3e30f)};
    }

    private static BlockPipe pipe(ScaleRule rule, int bits, int size) {
        return new BlockPipe(new Eden(bits, rule, HadamardRounds.DEFAULT), size);
    }

    private static float[] estimate(ScaleRule rule, int bits, float[] x) {
        return pipe(rule, bits, x.length).send(x, SEED);
    }

    private static BlockPipe oneRound(ScaleRule rule, int bits, int size) {
        return new BlockPipe(new Eden(bits, rule, HadamardRounds.ONE), size);
    }

    private static float oneRoundScale(ScaleRule rule, int bits, float[] x) {
        BlockPipe pipe = oneRound(rule, bits, x.length);
        pipe.encode(x, SEED);
        return pipe.scale();
    }

    private static double cos(float[] x, float[] y) {
        return TestVectors.dot(x, y) / Math.sqrt(TestVectors.squaredNorm(x) * TestVectors.squaredNorm(y));
    }
}
