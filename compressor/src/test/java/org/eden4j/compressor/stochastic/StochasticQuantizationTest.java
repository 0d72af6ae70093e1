package org.eden4j.compressor.stochastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;

class StochasticQuantizationTest extends SharedRotationContract {
    private static final float LARGEST = Float.MAX_VALUE / 200;

    @Override
    protected Stream<Method> methods() {
        return Stream.of("sq:bits=1", "sq:bits=3", "sq:bits=4", "sq:bits=8", "sq:bits=1,rotate=true",
                "sq:bits=4,rotate=true", "sq:bits=7,rotate=true")
            .map(Method::parse);
    }

    @Override
    protected boolean rotates(Method method) {
        return ((StochasticQuantization) method).rotate();
    }

    /** Without rotation no coordinate is further off than a step; with it the range is about ten standard deviations. */
    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        int steps = (1 << ((StochasticQuantization) method).bits()) - 1;
        if (rotates(method)) {
            double limit = 30.0 / steps / steps + 1e-4;
            double error = TestVectors.relativeError(x, estimate);
            assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
            return;
        }
        float low = x[0];
        float high = x[0];
        for (float value : x) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        double limit = ((double) high - low) / steps * (1 + 1e-5) + Float.MIN_VALUE;
        for (int i = 0; i < x.length; i++) {
            assertEquals((double) x[i], estimate[i], limit, what + ", coordinate " + i);
        }
    }

    @Override
    protected boolean mayOverflow(byte[] payload) {
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        return Math.abs(header.getFloat(0)) > LARGEST || Math.abs(header.getFloat(4)) > LARGEST;
    }

    @Test
    void shouldSendTheEndsOfTheRangeExactly() {
        float[] x = TestVectors.normal(SEED, 300);
        x[17] = 9.123456f;
        x[200] = -7.654321f;
        float[] estimate = new BlockPipe(new StochasticQuantization(2, false), x.length).send(x, SEED);
        assertEquals(x[17], estimate[17]);
        assertEquals(x[200], estimate[200]);
    }
}
