package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eden4j.compressor.eden.Coding;
import org.eden4j.compressor.eden.RotatedMethod;
import org.eden4j.compressor.stochastic.QuicFl;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@link Method#expectedError}, {@link Method#errorBound} and {@link Method#bitsForError} against blocks of independent
 * normal coordinates, drawn for every trial.
 *
 * <p>By chance: 3e-6, in 120 means of at least 122 trials.
 */
class ExpectedErrorTest {
    private static final long SEED = 0xE44;
    private static final int COORDINATES = 8_000_000;
    /** Dense matrices take quadratic time. */
    private static final int DENSE_COORDINATES = 200_000;
    /** Terms omitted by the formula, relative to the expected error, times d^2; largest at eight bits. */
    private static final double SECOND_ORDER = 150;
    /** Tolerance of an asymptotic formula. */
    private static final double ASYMPTOTIC = .05;
    /** Tolerance of a measured and interpolated value, or of a second order in the inverse length. */
    private static final double MEASURED = .01;
    private static final double STANDARD_ERRORS = 6;
    private static final int BOUND_TRIALS = 10_000;

    static Stream<Method> methods() {
        return Methods.examples().stream().filter(method -> method.expectedError(1024).isPresent());
    }

    private static Stream<Method> rotated() {
        return methods().filter(RotatedMethod.class::isInstance);
    }

    private static boolean dense(Method method) {
        return method.largestBlock() < BlockLayout.LARGEST_BLOCK;
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("methods")
    void shouldExpectTheErrorOfNormalCoordinates(Method method) {
        List<String> failures = new ArrayList<>();
        for (int d : new int[]{128, 1024, 4096, 65_536}) {
            if (d > method.largestBlock() || dense(method) && d > 1024) {
                continue;
            }
            int trials = Math.max(20, (dense(method) ? DENSE_COORDINATES : COORDINATES) / d);
            RunningMean measured = new RunningMean();
            BlockPipe pipe = new BlockPipe(method, d);
            for (int trial = 0; trial < trials; trial++) {
                float[] x = TestVectors.normal(SEED + trial, d);
                measured.add(TestVectors.relativeError(x, pipe.send(x, BlockSeed.of(SEED, trial, 0, 0))));
            }
            double expected = method.expectedError(d).orElseThrow();
            String report = Measurement.print("%s d=%d trials=%d seed=%d: expected %.6g, measured %.6g +- %.2g (%+.1f)",
                    method, d, trials, SEED, expected, measured.mean(), measured.standardError(),
                    (measured.mean() - expected) / measured.standardError());
            boolean coded = method instanceof RotatedMethod rotated && rotated.coding() != Coding.FIXED;
            double known = method instanceof QuicFl ? ASYMPTOTIC : coded ? MEASURED : SECOND_ORDER / d / d;
            if (Math.abs(measured.mean() - expected) > STANDARD_ERRORS * measured.standardError() + known * expected) {
                failures.add(report);
            }
        }
        assertTrue(failures.isEmpty(), String.join("\n", failures));
    }

    /** Allows 50 of 10,000 blocks, where a normal distribution has 13.5: never by chance (1e-13). */
    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=0.5", "eden:bits=1", "eden:bits=2", "eden:bits=2.5", "eden:bits=4",
            "eden:bits=8",
            "eden:bits=4,scale=biased", "matched-norm:bits=2", "turboquant-mse:bits=3"})
    void shouldRarelyExceedTheBound(String text) {
        Method method = Method.parse(text);
        for (int d : new int[]{128, 1024}) {
            double bound = method.errorBound(d, 3).orElseThrow();
            BlockPipe pipe = new BlockPipe(method, d);
            int exceeded = 0;
            for (int trial = 0; trial < BOUND_TRIALS; trial++) {
                float[] x = TestVectors.normal(SEED + trial, d);
                exceeded += TestVectors.relativeError(x, pipe.send(x, BlockSeed.of(SEED, trial, 1, 0))) > bound ? 1 : 0;
            }
            String report = Measurement.print("%s d=%d: %d of %d blocks above the bound %.4g at 3 sigmas", text, d,
                    exceeded, BOUND_TRIALS, bound);
            assertTrue(exceeded <= BOUND_TRIALS / 200, report);
        }
    }

    @Test
    void shouldFindTheBitsForAnError() {
        rotated().forEach(method -> {
            for (int d : new int[]{1024, 4096, 65_536}) {
                double bits = ((RotatedMethod) method).bits();
                double found = method.bitsForError(method.expectedError(d).orElseThrow(), d).orElseThrow();
                assertEquals(bits, found, 2 * RotatedMethod.BITS_ACCURACY + 1.0 / d, method + " of " + d);
            }
            assertTrue(method.bitsForError(1e-9, 1024).isEmpty(), method.toString());
        });
    }
}
