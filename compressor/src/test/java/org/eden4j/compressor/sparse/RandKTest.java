package org.eden4j.compressor.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;

class RandKTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("randk:fraction=0.01", "randk:fraction=0.1", "randk:fraction=0.6", "randk:fraction=1")
            .map(Method::parse);
    }

    /** Each coordinate is left out or comes times d / k, and at most k come. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        int members = Math.max(1, (int) (((RandK) method).fraction() * x.length));
        double expansion = (double) x.length / members;
        int sent = 0;
        for (int i = 0; i < x.length; i++) {
            if (estimate[i] != 0) {
                sent++;
                double expected = Math.clamp(expansion * x[i], -Float.MAX_VALUE, Float.MAX_VALUE);
                assertEquals(expected, estimate[i], 1e-6 * Math.abs(expected) + 2 * Float.MIN_VALUE,
                        what + ", coordinate " + i);
            }
        }
        assertTrue(sent <= members, what + ": " + sent + " of " + members);
        boolean dense = TestVectors.count(x, value -> value != 0) == x.length;
        assertTrue(!dense || sent == members, what + ": only " + sent + " of " + members);
    }
}
