package org.eden4j.compressor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.function.DoublePredicate;

/** Inputs, and conversions between arrays and memory. */
public final class TestVectors {
    private TestVectors() {}

    /** Returns N(0,1) coordinates times a factor. */
    public static float[] normal(long seed, int n, double factor) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (random.nextGaussian() * factor);
        }
        return x;
    }

    public static float[] normal(long seed, int n) {
        return normal(seed, n, 1);
    }

    /** Returns exp of N(0,1) coordinates. */
    public static float[] lognormal(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) Math.exp(random.nextGaussian());
        }
        return x;
    }

    /** Returns Student's t with three degrees of freedom: heavy tails, no fourth moment. */
    public static float[] studentT3(long seed, int n) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            double squares = 0;
            for (int k = 0; k < 3; k++) {
                double z = random.nextGaussian();
                squares += z * z;
            }
            x[i] = (float) (random.nextGaussian() / Math.sqrt(squares / 3));
        }
        return x;
    }

    /** Returns 1, r, r^2, ... */
    public static float[] geometric(int n, double ratio) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) Math.pow(ratio, i);
        }
        return x;
    }

    /** Returns the first unit vector plus Gaussian noise of that norm. */
    public static float[] spike(long seed, int n, double noise) {
        float[] x = normal(seed, n);
        double factor = noise / Math.sqrt(squaredNorm(x));
        for (int i = 0; i < n; i++) {
            x[i] *= (float) factor;
        }
        x[0] += 1;
        return x;
    }

    /** Returns the given values, then zeros. */
    public static float[] sparse(int n, float... values) {
        float[] x = new float[n];
        System.arraycopy(values, 0, x, 0, values.length);
        return x;
    }

    /** Returns an off-heap copy, exactly as long as the array, freed by the garbage collector. */
    public static MemorySegment offHeap(float[] values) {
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    public static float[] floats(MemorySegment segment) {
        float[] values = new float[Math.toIntExact(segment.byteSize() / Float.BYTES)];
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
        return values;
    }

    public static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    public static int count(float[] x, DoublePredicate what) {
        int count = 0;
        for (float value : x) {
            count += what.test(value) ? 1 : 0;
        }
        return count;
    }

    public static double squaredNorm(float[] x) {
        double sum = 0;
        for (float value : x) {
            sum += (double) value * value;
        }
        return sum;
    }

    public static double dot(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) x[i] * y[i];
        }
        return sum;
    }

    public static double squaredDistance(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double e = (double) x[i] - y[i];
            sum += e * e;
        }
        return sum;
    }

    /** Returns |x - y|^2 / |x|^2. */
    public static double relativeError(float[] x, float[] y) {
        return squaredDistance(x, y) / squaredNorm(x);
    }
}
