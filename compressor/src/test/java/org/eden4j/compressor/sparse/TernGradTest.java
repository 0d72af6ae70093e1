package org.eden4j.compressor.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TernGradTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("terngrad", "terngrad:clip=2.5").map(Method::parse);
    }

    /** Zero or plus or minus the largest magnitude, and what reaches that is always sent. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double largest = largest((TernGrad) method, x);
        double tolerance = 1e-6 * largest + Float.MIN_VALUE;
        for (int i = 0; i < x.length; i++) {
            boolean sent = estimate[i] != 0;
            assertTrue(sent || Math.abs(x[i]) < largest + tolerance, what + ": coordinate " + i + " was not sent");
            if (sent) {
                assertEquals(Math.copySign(largest, x[i]), estimate[i], tolerance, what + ", coordinate " + i);
            }
        }
    }

    private static double largest(TernGrad method, float[] x) {
        double largest = 0;
        double mean = 0;
        for (float value : x) {
            largest = Math.max(largest, Math.abs(value));
            mean += value / (double) x.length;
        }
        double variance = 0;
        for (float value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double clip = method.clip() * Math.sqrt(variance);
        return clip > 0 ? Math.min(largest, clip) : largest;
    }

    /** By chance: 2e-6, in 256 comparisons at six standard errors of counts that are skewed where few are expected. */
    @ParameterizedTest
    @MethodSource("methods")
    void shouldSendEachCoordinateWithTheProbabilityOfItsMagnitude(Method method) {
        int trials = 20_000;
        float[] x = new float[128];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i & 1) == 0 ? i / 100f : -i / 100f;
        }
        double largest = largest((TernGrad) method, x);
        int[] sent = new int[x.length];
        BlockPipe pipe = new BlockPipe(method, x.length);
        for (int trial = 0; trial < trials; trial++) {
            float[] estimate = pipe.send(x, trial);
            for (int i = 0; i < x.length; i++) {
                sent[i] += estimate[i] != 0 ? 1 : 0;
            }
        }
        for (int i = 0; i < x.length; i++) {
            double p = Math.min(1, Math.abs(x[i]) / largest);
            double limit = 6 * Math.sqrt(p * (1 - p) / trials) + 1e-9;
            assertEquals(p, (double) sent[i] / trials, limit, "coordinate " + i);
        }
    }
}
