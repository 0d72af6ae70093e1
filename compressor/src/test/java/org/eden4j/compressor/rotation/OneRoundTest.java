package org.eden4j.compressor.rotation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.SquaredBias;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One round where it does no harm. By chance: 1e-6, in eleven comparisons at nine standard errors of 25 groups. */
class OneRoundTest {
    private static final long SEED = 51;
    private static final int SIZE = 4096;
    private static final double PROMISED = 1e-5;

    @Test
    void shouldLetOneRoundDoForDenseBlocks() {
        assertTrue(choosesOneRound(TestVectors.normal(SEED, SIZE)), "normal");
        assertTrue(choosesOneRound(TestVectors.normal(SEED, SIZE, 1e-38)), "normal of subnormals");
        assertTrue(choosesOneRound(TestVectors.normal(SEED, SIZE, 1e37)), "large normal");
        assertTrue(choosesOneRound(TestVectors.normal(SEED, 1 << 16)), "longer normal");
        assertTrue(choosesOneRound(uniform()), "uniform");
    }

    @Test
    void shouldNotLetOneRoundDoForSpikyOrShortBlocks() {
        assertFalse(choosesOneRound(TestVectors.normal(SEED, 512)), "short normal");
        assertFalse(choosesOneRound(TestVectors.lognormal(SEED, SIZE)), "lognormal");
        assertFalse(choosesOneRound(TestVectors.spike(SEED, SIZE, 1)), "spike");
        assertFalse(choosesOneRound(TestVectors.sparse(SIZE, 2, 1)), "sparse");
    }

    /** Uniform coordinates with one spike whose share of the squared norm reaches the bound. */
    @Test
    void shouldChangeItsMindWhereOneRoundCostsATenthOfThePromise() {
        double share = 0;
        for (double step = .5; step > 1e-9; step /= 2) {
            share += bound(spiked(share + step)) < OneRound.TOLERATED ? step : 0;
        }
        float[] below = spiked(.99 * share);
        float[] above = spiked(1.01 * share);
        assertTrue(choosesOneRound(below), "just below");
        assertFalse(choosesOneRound(above), "just above");
        SquaredBias chosen = measure("eden:bits=1,rounds=auto", below, 30_000);
        assertTrue(chosen.value() < PROMISED + 3 * chosen.standardError(), "chosen: " + chosen.value());
        assertTrue(chosen.standardError() < 1e-6, "not accurate enough: " + chosen.standardError());
        double expected = bias(spiked(6 * share));
        SquaredBias refused = measure("eden:bits=1,rounds=1", spiked(6 * share), 10_000);
        assertTrue(expected > 5 * PROMISED, "the example is too weak: " + expected);
        assertEquals(expected, refused.value(), .25 * expected + 3 * refused.standardError(),
                "the formula of the bound");
    }

    /** Sums of such coordinates lie on a lattice, and the exceptional one leaves 1 / d as bias. */
    @ParameterizedTest
    @ValueSource(strings = {"one misfit", "two misfits", "noise", "half of them zero"})
    void shouldNotLetOneRoundDoOnALattice(String kind) {
        float[] x = new float[SIZE];
        Arrays.fill(x, 1);
        float[] noise = TestVectors.normal(SEED, SIZE, 1e-4);
        UnaryOperator<float[]> change = values -> {
            for (int i = 0; i < SIZE; i++) {
                values[i] = switch (kind) {
                    case "one misfit" -> i == 5 ? .99f : 1;
                    case "two misfits" -> i == 5 ? .99f : i == 77 ? -1.3f : 1;
                    case "noise" -> 1 + noise[i];
                    case "half of them zero" -> i == 6 ? .4f : i % 2;
                    default -> throw new IllegalArgumentException(kind);
                };
            }
            return values;
        };
        float[] lattice = change.apply(x);
        assertFalse(choosesOneRound(lattice), kind);
        SquaredBias refused = measure("eden:bits=1,rounds=1", lattice, 2_000);
        assertTrue(refused.value() > 5 * PROMISED + 5 * refused.standardError(), "no harm: " + refused.value());
        SquaredBias chosen = measure("eden:bits=1,rounds=auto", lattice, 8_000);
        assertTrue(Math.abs(chosen.value()) < PROMISED + 3 * chosen.standardError(), "chosen: " + chosen.value());
    }

    /** Multiples of a number with some exceptions, mixed with more and more normal magnitudes. */
    @Test
    void shouldKeepItsPromiseBetweenALatticeAndNoise() {
        for (double part : new double[]{.02, .05, .1, .2, .4}) {
            SplittableRandom random = new SplittableRandom(SEED);
            float[] x = TestVectors.normal(SEED, SIZE);
            for (int i = 0; i < SIZE; i++) {
                x[i] = random.nextDouble() < part ? x[i] : 1;
            }
            SquaredBias bias = measure("eden:bits=1,rounds=auto", x, 8_000);
            Measurement.print("    %.0f %% normal, the rest 1: one round %s", 100 * part, choosesOneRound(x));
            assertTrue(Math.abs(bias.value()) < PROMISED + 3 * bias.standardError(), part + ": " + bias.value());
        }
    }

    private static float[] uniform() {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] x = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            x[i] = (float) random.nextDouble(-1, 1);
        }
        return x;
    }

    /** Returns uniform coordinates and one with this share of the squared norm. */
    private static float[] spiked(double share) {
        float[] x = uniform();
        x[9] = 0;
        x[9] = (float) Math.sqrt(share / (1 - share) * TestVectors.squaredNorm(x));
        return x;
    }

    /** (m6 - m4^2) / 9. */
    private static double bias(float[] x) {
        return (moment(x, 6) - moment(x, 4) * moment(x, 4)) / 9;
    }

    /** max x_i^2 m4 / 9. */
    private static double bound(float[] x) {
        double largest = 0;
        for (float value : x) {
            largest = Math.max(largest, value * (double) value);
        }
        return largest / TestVectors.squaredNorm(x) * moment(x, 4) / 9;
    }

    /** Returns the sum of x_i^k for |x| = 1. */
    private static double moment(float[] x, int k) {
        double norm = Math.sqrt(TestVectors.squaredNorm(x));
        double sum = 0;
        for (float value : x) {
            sum += Math.pow(value / norm, k);
        }
        return sum;
    }

    /** Returns whether one round was chosen, as the sign of the scale tells. */
    private static boolean choosesOneRound(float[] x) {
        BlockPipe pipe = new BlockPipe(Method.parse("eden:bits=1,rounds=auto"), x.length);
        pipe.encode(x, SEED);
        return pipe.scale() < 0;
    }

    private static SquaredBias measure(String text, float[] x, int trials) {
        SquaredBias bias = new SquaredBias(x);
        BlockPipe pipe = new BlockPipe(Method.parse(text), x.length);
        for (int trial = 0; trial < trials; trial++) {
            bias.add(pipe.send(x, BlockSeed.of(SEED, trial, 0, 0)));
        }
        Measurement.print("squared bias %s d=%d trials=%d seed=%d: %.2e +- %.1e", text, x.length, trials, SEED,
                bias.value(), bias.standardError());
        return bias;
    }
}
