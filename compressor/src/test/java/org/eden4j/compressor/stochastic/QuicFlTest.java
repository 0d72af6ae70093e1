package org.eden4j.compressor.stochastic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;

/** The contract; {@link QuicFlLevelsTest} tests the levels. */
class QuicFlTest extends SharedRotationContract {
    @Override
    protected Stream<Method> methods() {
        return Stream.of("quicfl:bits=1", "quicfl:bits=2", "quicfl:bits=4", "quicfl:bits=8").map(Method::parse);
    }

    @Override
    protected boolean rotates(Method method) {
        return true;
    }

    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double limit = 3 * method.vnmse().orElseThrow() + .001;
        double error = TestVectors.relativeError(x, estimate);
        assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
    }

    /** Exact coordinates may be as large as float32, and rotating back adds them up. */
    @Override
    protected boolean mayOverflow(byte[] payload) {
        return true;
    }
}
