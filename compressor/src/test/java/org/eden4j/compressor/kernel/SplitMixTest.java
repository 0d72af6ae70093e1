package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** By chance: 1e-6, in 215 comparisons at six standard errors, the highest moments skewed. */
class SplitMixTest {
    private static final int TRIALS = 2_000_000;
    private static final long SEED = 81;

    /** Moments 1 to 6 and 8 of N(0,1): 0, 1, 0, 3, 0, 15, 105; the variance of a k-th moment is m2k - mk^2. */
    @Test
    void shouldHaveTheMomentsOfANormalDistribution() {
        SplitMix random = new SplitMix().reset(SEED, 1);
        double[] moments = new double[9];
        double lag = 0;
        double previous = 0;
        for (int i = 0; i < TRIALS; i++) {
            double z = random.nextGaussian();
            double power = 1;
            for (int k = 1; k < moments.length; k++) {
                power *= z;
                moments[k] += power / TRIALS;
            }
            lag += z * previous / TRIALS;
            previous = z;
        }
        double[] expected = {1, 0, 1, 0, 3, 0, 15, 0, 105};
        double[] variances = {0, 1, 2, 15, 96, 945, 10_170, 135_135, 2_016_000};
        for (int k = 1; k < moments.length; k++) {
            assertEquals(expected[k], moments[k], 6 * Math.sqrt(variances[k] / TRIALS), "moment " + k);
        }
        assertEquals(0, lag, 6 / Math.sqrt(TRIALS), "correlation of neighbours, of which two are made at once");
    }

    @Test
    void shouldBeUniform() {
        SplitMix random = new SplitMix().reset(SEED, 2);
        int[] floats = new int[100];
        int[] ints = new int[100];
        for (int i = 0; i < TRIALS; i++) {
            float f = random.nextFloat();
            assertTrue(f >= 0 && f < 1);
            floats[(int) (f * 100)]++;
            ints[random.nextInt(100)]++;
        }
        double limit = 6 * Math.sqrt(TRIALS / 100.0);
        for (int i = 0; i < 100; i++) {
            assertEquals(TRIALS / 100.0, floats[i], limit, "floats from " + i + " %");
            assertEquals(TRIALS / 100.0, ints[i], limit, "ints " + i);
        }
    }

    @Test
    void shouldRoundSoThatTheMeanIsThePosition() {
        SplitMix random = new SplitMix().reset(SEED, 3);
        for (double position : new double[]{0, .25, 1.9, 6.999, 7}) {
            double sum = 0;
            for (int i = 0; i < 100_000; i++) {
                int rounded = random.round(position, 7);
                assertTrue(rounded == (int) position || rounded == (int) position + 1, position + " became " + rounded);
                assertTrue(rounded <= 7);
                sum += rounded;
            }
            double part = position - Math.floor(position);
            assertEquals(position, sum / 100_000, 6 * Math.sqrt(part * (1 - part) / 100_000) + 1e-9);
        }
    }

    @Test
    void shouldStartAnewWithAResetAndKeepNoSpare() {
        SplitMix random = new SplitMix().reset(SEED, 4);
        double first = random.nextGaussian();
        assertEquals(first, random.reset(SEED, 4).nextGaussian());
        assertNotEquals(first, random.reset(SEED, 5).nextGaussian());
        assertNotEquals(first, random.reset(SEED + 1, 4).nextGaussian());
    }
}
