package org.example.absmax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.Method;

class AbsmaxTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of(new Absmax(Absmax.MOST_LEVELS), new Absmax(7), new Absmax(1));
    }

    /** At most half a step away; float32 adds its rounding. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double largest = 0;
        for (float value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        double halfStep = largest / (2 * ((Absmax) method).levels());
        for (int i = 0; i < x.length; i++) {
            assertEquals(x[i], estimate[i], halfStep + Math.ulp(x[i]), what + ", coordinate " + i);
        }
    }
}
