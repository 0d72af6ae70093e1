package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.stream.Stream;

class NoneTest extends BlockCodecContract {
    @Override
    Stream<Method> methods() {
        return Stream.of(new None());
    }

    @Override
    void assertClose(Method method, float[] x, float[] estimate, String what) {
        assertArrayEquals(x, estimate, what);
    }
}
