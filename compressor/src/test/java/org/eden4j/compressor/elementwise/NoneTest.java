package org.eden4j.compressor.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.Method;

class NoneTest extends BlockCodecContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of(new None());
    }

    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        assertArrayEquals(x, estimate, what);
    }
}
