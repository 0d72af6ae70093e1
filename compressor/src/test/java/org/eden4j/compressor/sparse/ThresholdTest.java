package org.eden4j.compressor.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;

class ThresholdTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("threshold", "threshold:sigma=0.5", "threshold:sigma=2").map(Method::parse);
    }

    /** Plus or minus the threshold where a coordinate reaches it, zero elsewhere. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double threshold = ((Threshold) method).sigma() * Math.sqrt(TestVectors.squaredNorm(x) / x.length);
        double tolerance = 1e-6 * threshold + Float.MIN_VALUE;
        for (int i = 0; i < x.length; i++) {
            if (Math.abs(Math.abs(x[i]) - threshold) > tolerance) {
                double expected = Math.abs(x[i]) > threshold ? Math.copySign(threshold, x[i]) : 0;
                assertEquals(expected, estimate[i], tolerance, what + ", coordinate " + i);
            }
        }
    }

    @Test
    void shouldSendCoordinatesThatAreJustTheThreshold() {
        for (float value : new float[]{3, .1f, 1e-3f, 7.7f, 1e30f}) {
            for (int length : new int[]{1, 3, 100, 128, 1000, 4096}) {
                float[] x = new float[length];
                Arrays.fill(x, value);
                x[length / 2] = -value;
                float[] estimate = new BlockPipe(new Threshold(1), length).send(x, SEED);
                for (int i = 0; i < length; i++) {
                    assertEquals(x[i], estimate[i], 1e-6 * value, value + ", " + length + " times");
                }
            }
        }
    }
}
