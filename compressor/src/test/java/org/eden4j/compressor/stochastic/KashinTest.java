package org.eden4j.compressor.stochastic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;

class KashinTest extends BlockCodecContract {
    private static final float LARGEST = Float.MAX_VALUE / 200;

    @Override
    protected Stream<Method> methods() {
        return Stream.of("kashin:bits=1", "kashin:bits=2", "kashin:bits=4,iterations=1", "kashin:bits=4,iterations=6",
                "kashin:bits=8")
            .map(Method::parse);
    }

    /** Coefficients within some four of their standard deviations, half a step off each. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        int steps = (1 << ((Kashin) method).bits()) - 1;
        double limit = 20.0 / steps / steps + 1e-4;
        double error = TestVectors.relativeError(x, estimate);
        assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
    }

    @Override
    protected boolean mayOverflow(byte[] payload) {
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        return Math.abs(header.getFloat(0)) > LARGEST || Math.abs(header.getFloat(4)) > LARGEST;
    }
}
