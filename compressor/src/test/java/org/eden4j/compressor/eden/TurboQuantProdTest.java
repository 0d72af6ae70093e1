package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;

class TurboQuantProdTest extends BlockCodecContract {
    private static final float LARGEST = Float.MAX_VALUE / 200;

    @Override
    protected Stream<Method> methods() {
        return Stream.of("turboquant-prod:bits=1", "turboquant-prod:bits=4", "turboquant-prod:bits=2,qjl=orthogonal",
                "turboquant-prod:bits=1,qjl=orthogonal,rotation=haar")
            .map(Method::parse);
    }

    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double limit = 2 * method.vnmse().orElseThrow() + .02;
        double error = TestVectors.relativeError(x, estimate);
        assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
    }

    @Override
    protected boolean mayOverflow(byte[] payload) {
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        return header.getFloat(0) > LARGEST || header.getFloat(4) > LARGEST;
    }

    @Override
    protected int longest() {
        return 1024;
    }

    @Override
    protected int longestNoise() {
        return 129;
    }
}
