package org.eden4j.compressor.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.Method;

class SignSgdTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of(new SignSgd());
    }

    /** sign(x) |x|_1 / d; a zero counts as positive. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double magnitude = 0;
        for (float value : x) {
            magnitude += Math.abs(value) / (double) x.length;
        }
        for (int i = 0; i < x.length; i++) {
            double expected = x[i] < 0 ? -magnitude : magnitude;
            assertEquals(expected, estimate[i], 1e-6 * magnitude + Float.MIN_VALUE, what + ", coordinate " + i);
        }
    }
}
