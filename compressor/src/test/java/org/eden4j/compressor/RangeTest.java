package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eden4j.compressor.elementwise.BFloat16;
import org.eden4j.compressor.elementwise.Float16;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every registered method over the whole range of float32 from 2^-149 on: a block decodes to the scaled estimate of the
 * same block at a magnitude of about 1, or is rejected with index, value and limit.
 */
class RangeTest {
    private static final long SEED = 0x5A17;
    private static final float[] MAGNITUDES = {1e-45f, 3e-44f, 1e-41f, 1e-38f, 1e-36f, 1e-30f, 1e-20f, 1e-10f, 1e10f,
            1e20f, 1e30f, 1e36f, 1e37f, 6e37f, 1e38f, 3e38f, Float.MAX_VALUE};
    private static final int[] DIMENSIONS = {1, 2, 127, 128, 1000, 4096};
    /** Dense matrices take quadratic time. */
    private static final int LONGEST_DENSE = 1000;
    /** Half a step for the scale, half for the coordinate, and as much for each end of a range. */
    private static final double STEPS = 4;
    private static final Pattern LIMIT = Pattern.compile("(?:up to a magnitude of|ends at) ([0-9.E+-]+);");

    static List<Method> methods() {
        return Methods.examples();
    }

    private static Map<String, float[]> shapes(int d) {
        Map<String, float[]> shapes = new LinkedHashMap<>();
        shapes.put("one-hot", TestVectors.sparse(d, 1));
        if (d > 1) {
            shapes.put("two spikes", TestVectors.sparse(d, 1, -.5f));
        }
        shapes.put("Gaussian", TestVectors.normal(SEED + d, d));
        float[] constant = new float[d];
        Arrays.fill(constant, 1);
        shapes.put("constant", constant);
        float[] alternating = constant.clone();
        for (int i = 1; i < d; i += 2) {
            alternating[i] = -1;
        }
        shapes.put("alternating", alternating);
        return shapes;
    }

    /** Returns the shape scaled to that largest magnitude. */
    private static float[] scaled(float[] shape, double magnitude) {
        double largest = 0;
        for (float value : shape) {
            largest = Math.max(largest, Math.abs(value));
        }
        float[] x = new float[shape.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.clamp(shape[i] / largest * magnitude, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
        return x;
    }

    private static double squared(double value) {
        return value * value;
    }

    /** Returns the same numbers scaled exactly to a largest magnitude in [1, 2). */
    private static float[] lifted(float[] x) {
        double largest = 0;
        for (float value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        float[] lifted = new float[x.length];
        int exponent = Math.getExponent(largest);
        for (int i = 0; i < x.length; i++) {
            lifted[i] = (float) Math.scalb((double) x[i], -exponent);
        }
        return lifted;
    }

    /** Returns the distance between neighbours where the method's numbers are densest. */
    private static double finest(Method method) {
        return switch (method) {
            case Float16 _ -> 0x1p-24;
            case BFloat16 _ -> 0x1p-133;
            default -> Float.MIN_VALUE;
        };
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("methods")
    void shouldDecodeWhatItEncodesOrRefuseIt(Method method) {
        boolean dense = method.largestBlock() < BlockLayout.LARGEST_BLOCK / 2;
        int refused = 0;
        for (int d : DIMENSIONS) {
            if (dense && d > LONGEST_DENSE) {
                continue;
            }
            BlockPipe pipe = new BlockPipe(method, d);
            for (var shape : shapes(d).entrySet()) {
                for (float magnitude : MAGNITUDES) {
                    float[] x = scaled(shape.getValue(), magnitude);
                    String what = method + ", " + shape.getKey() + " of " + d + " at " + magnitude;
                    float[] estimate;
                    try {
                        estimate = pipe.send(x, SEED).clone();
                    } catch (NonFiniteGradientException e) {
                        assertRefusalIsRight(method, pipe, x, e, what);
                        refused++;
                        continue;
                    }
                    float[] usual = lifted(x);
                    double allowed = 1.02 * TestVectors.relativeError(usual, pipe.send(usual, SEED)) + 1e-4;
                    double norm = Math.sqrt(TestVectors.squaredNorm(x));
                    double floor = STEPS * finest(method) * Math.sqrt(BlockLayout.paddedSize(d)) / norm;
                    double error = TestVectors.relativeError(x, estimate);
                    // A range that is off by one step changes the level of a coordinate with probability step / range.
                    assertTrue(error <= squared(Math.sqrt(allowed) + floor) + floor,
                            what + ": error " + error + ", expected " + allowed + " and " + floor + " for subnormals");
                }
            }
        }
        Measurement.print("%s: %d blocks refused, seed %d", method, refused, SEED);
    }

    private static void assertRefusalIsRight(
            Method method, BlockPipe pipe, float[] x, NonFiniteGradientException refusal, String what) {
        float value = x[(int) refusal.index()];
        String message = refusal.getMessage();
        assertTrue(message.startsWith("gradient[" + refusal.index() + "] is " + value + ": "), message);
        Matcher limit = LIMIT.matcher(message);
        assertTrue(limit.find(), message);
        float carried = Float.parseFloat(limit.group(1));
        assertTrue(carried < Math.abs(value), what + ": " + message);
        // The limit is at most one step of a power of two too low, and norms are at most sqrt(d) times the largest
        // magnitude.
        assertTrue(method instanceof Float16 || carried > 1e33f, what + ": " + message);
        for (float estimate : pipe.send(scaled(x, carried), SEED)) {
            assertTrue(Float.isFinite(estimate), what + " at " + carried);
        }
    }

    /** One hundredth of a block of 128 would be a single coordinate, which may be zero. */
    @Test
    void shouldKeepEnoughCoordinatesToDivideByThem() {
        Method method = Method.parse("eden:bits=0.01");
        for (int d : new int[]{128, 512, 4096}) {
            double formula = method.expectedError(d).orElseThrow();
            for (float[] x : List.of(TestVectors.sparse(d, 1), TestVectors.sparse(d, 1, -1),
                    TestVectors.normal(SEED, d))) {
                BlockPipe pipe = new BlockPipe(method, d);
                RunningMean error = new RunningMean();
                double largest = 0;
                for (int trial = 0; trial < 20_000; trial++) {
                    double one = TestVectors.relativeError(x, pipe.send(x, SEED + trial));
                    error.add(one);
                    largest = Math.max(largest, one);
                }
                String report = Measurement.print("%s d=%d: error %.4g +- %.2g, largest %.4g, formula %.4g", method, d,
                        error.mean(), error.standardError(), largest, formula);
                assertTrue(largest < 64 * 64 * (formula + 1), report);
                assertEquals(1, error.mean() / formula, .1, report);
            }
        }
    }
}
