package org.eden4j.compressor.elementwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;

class Float16Test extends BlockCodecContract {
    private static final float MAX = 65504;

    @Override
    protected Stream<Method> methods() {
        return Stream.of(new Float16());
    }

    /** Half a unit in the last of eleven places, or half the smallest number. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        for (int i = 0; i < x.length; i++) {
            assertEquals(x[i], estimate[i], Math.max(Math.abs(x[i]) * 0x1p-11, 0x1p-25), what + ", coordinate " + i);
        }
    }

    @Override
    protected List<float[]> extremes() {
        float[] normal = TestVectors.normal(SEED, 1000);
        return List.of(scaled(normal, 1e-7f), scaled(normal, 1e-38f), scaled(normal, 1e4f),
                TestVectors.sparse(1000, MAX, -MAX, 1e-38f, 0x1p-24f, -0x1p-14f));
    }

    @Test
    void shouldRefuseWhatIsBeyondItsRangeAndNameTheIndex() {
        for (float large : new float[]{Math.nextUp(MAX), -65_505, 1e38f}) {
            float[] x = TestVectors.sparse(200, 1, 2, large, large);
            BlockPipe pipe = new BlockPipe(new Float16(), x.length);
            NonFiniteGradientException refused = assertThrows(NonFiniteGradientException.class,
                    () -> pipe.encode(x, SEED));
            assertEquals(2, refused.index());
            assertTrue(refused.getMessage().startsWith("gradient[2] is " + large), refused.getMessage());
            assertTrue(refused.getMessage().contains("float16 ends at 65504"), refused.getMessage());
        }
    }

    @Test
    void shouldRoundHalvesToEven() {
        float[] x = TestVectors.sparse(4, 2049, 2051, 2053, 0x1p-25f);
        float[] estimate = new BlockPipe(new Float16(), x.length).send(x, SEED);
        assertEquals(2048, estimate[0]);
        assertEquals(2052, estimate[1]);
        assertEquals(2052, estimate[2]);
        assertEquals(0, estimate[3]);
    }
}
