package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;

class TurboQuantProdTest extends BlockCodecContract {
    private static final float LARGEST = Float.MAX_VALUE / 200;

    @Override
    Stream<Method> methods() {
        return Stream.of("turboquant-prod:bits=1", "turboquant-prod:bits=4", "turboquant-prod:bits=2,qjl=orthogonal",
                "turboquant-prod:bits=1,qjl=orthogonal,rotation=haar")
            .map(Method::parse);
    }

    @Override
    void assertClose(Method method, float[] x, float[] estimate, String what) {
        double limit = 2 * method.vnmse().orElseThrow() + .02;
        double error = TestVectors.relativeError(x, estimate);
        assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
    }

    @Override
    boolean mayOverflow(byte[] payload) {
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        return header.getFloat(0) > LARGEST || header.getFloat(4) > LARGEST;
    }

    @Override
    int longest() {
        return 1024;
    }

    @Override
    int longestNoise() {
        return 129;
    }
}
