package org.eden4j.compressor.stochastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;

class QsgdTest extends SharedRotationContract {
    private static final float LARGEST = Float.MAX_VALUE / 4100;

    @Override
    protected Stream<Method> methods() {
        return Stream.of("qsgd:bits=2", "qsgd:bits=4", "qsgd:bits=8", "qsgd:bits=3,norm=linf", "qsgd:bits=8,norm=linf",
                "qsgd:bits=4,rotate=true", "qsgd:bits=2,norm=linf,rotate=true")
            .map(Method::parse);
    }

    @Override
    protected boolean rotates(Method method) {
        return ((Qsgd) method).rotate();
    }

    /** Without rotation no coordinate is further off than a step; with it the squared error is at most |y|_1 steps. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        Qsgd qsgd = (Qsgd) method;
        int steps = (1 << qsgd.bits() - 1) - 1;
        double l2 = Math.sqrt(TestVectors.squaredNorm(x));
        if (rotates(method)) {
            double root = Math.sqrt(BlockLayout.paddedSize(x.length));
            double limit = 1.5 * (qsgd.norm() == Qsgd.Norm.L2 ? root : Math.min(root, 6)) / steps + .01;
            double error = TestVectors.relativeError(x, estimate);
            assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
            return;
        }
        double largest = 0;
        for (float value : x) {
            largest = Math.max(largest, Math.abs(value));
        }
        double limit = (qsgd.norm() == Qsgd.Norm.L2 ? l2 : largest) / steps * (1 + 1e-5) + 2 * Float.MIN_VALUE;
        for (int i = 0; i < x.length; i++) {
            assertEquals((double) x[i], estimate[i], limit, what + ", coordinate " + i);
            assertTrue(x[i] * (double) estimate[i] >= 0, what + ", sign of coordinate " + i);
        }
    }

    @Override
    protected boolean mayOverflow(byte[] payload) {
        return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getFloat() > LARGEST;
    }

    @Test
    void shouldSendTheLargestMagnitudeExactlyRelativeToIt() {
        float[] x = TestVectors.normal(SEED, 300);
        x[17] = -9.123456f;
        float[] estimate = new BlockPipe(Method.parse("qsgd:bits=3,norm=linf"), x.length).send(x, SEED);
        assertEquals(x[17], estimate[17]);
    }
}
