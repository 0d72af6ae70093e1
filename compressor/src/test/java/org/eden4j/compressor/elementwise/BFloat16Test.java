package org.eden4j.compressor.elementwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;

class BFloat16Test extends BlockCodecContract {
    private static final float MAX = 0x1.FEp127f;

    @Override
    protected Stream<Method> methods() {
        return Stream.of(new BFloat16());
    }

    /** Half a unit in the last of eight places, or half the smallest number. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        for (int i = 0; i < x.length; i++) {
            double limit = Math.max(Math.abs((double) x[i]) * 0x1p-8, 0x1p-134);
            assertEquals(x[i], estimate[i], limit, what + ", coordinate " + i);
        }
    }

    @Test
    void shouldRoundHalvesToEven() {
        float[] x = TestVectors.sparse(5, 257, 259, 261, -259, 0x1p-134f);
        float[] estimate = new BlockPipe(new BFloat16(), x.length).send(x, SEED);
        assertEquals(256, estimate[0]);
        assertEquals(260, estimate[1]);
        assertEquals(260, estimate[2]);
        assertEquals(-260, estimate[3]);
        assertEquals(0, estimate[4]);
    }

    @Test
    void shouldKeepItsLargestNumberAndRefuseWhatWouldRoundToInfinity() {
        float[] x = TestVectors.sparse(2, MAX, -MAX);
        float[] estimate = new BlockPipe(new BFloat16(), x.length).send(x, SEED);
        assertEquals(MAX, estimate[0]);
        assertEquals(-MAX, estimate[1]);
        float[] beyond = TestVectors.sparse(3, 1, -Float.MAX_VALUE, Float.MAX_VALUE);
        NonFiniteGradientException refused = assertThrows(NonFiniteGradientException.class,
                () -> new BlockPipe(new BFloat16(), beyond.length).encode(beyond, SEED));
        assertEquals(1, refused.index());
        assertTrue(refused.getMessage().contains("bfloat16 ends at " + MAX), refused.getMessage());
    }
}
