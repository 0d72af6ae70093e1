package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.eden4j.compressor.BlockCodecContract;
import org.eden4j.compressor.BlockPipe;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of EDEN and its relatives in addition to {@link BlockCodecContract}. */
abstract class RotatedCodecContract extends BlockCodecContract {
    /** Error that a coordinate beyond the last centroid may cause in a block of 128 at any bit width. */
    private static final double OUTLIER = .01;
    /** Decoded coordinates are below scale sqrt(d) max|c|, here sqrt(1024) 6. */
    private static final double LARGEST_SCALE = Float.MAX_VALUE / 200;

    @Override
    protected void assertClose(Method method, float[] x, float[] estimate, String what) {
        double error = TestVectors.relativeError(x, estimate);
        // Below one bit, a block of 128 keeps only some coordinates, whose share of the norm varies.
        double limit = (method.bitsPerCoordinate() < 1 ? 6 : 2) * method.vnmse().orElseThrow() + OUTLIER;
        assertTrue(error < limit, what + ": error " + error + ", expected below " + limit);
    }

    @Override
    protected boolean mayOverflow(byte[] payload) {
        return Math.abs(ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getFloat()) > LARGEST_SCALE;
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldMakeOtherBytesOfAnotherSeed(Method method) {
        float[] x = TestVectors.normal(SEED, 1024);
        BlockPipe pipe = new BlockPipe(method, x.length);
        byte[] one = TestVectors.bytes(pipe.encode(x, SEED));
        byte[] other = TestVectors.bytes(pipe.encode(x, SEED + 1));
        assertTrue(!Arrays.equals(one, other), "two seeds made the same bytes");
        double error = TestVectors.relativeError(x, pipe.decode(SEED));
        assertTrue(error > .9, "decoded with another seed, yet the error is only " + error);
    }

    @ParameterizedTest
    @MethodSource("methods")
    protected void shouldRefuseAScaleThatNoEncoderSends(Method method) {
        BlockPipe pipe = new BlockPipe(method, 128);
        for (float scale : new float[]{-1, -Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY}) {
            var payload = pipe.encode(TestVectors.normal(SEED, 128), SEED);
            payload.set(ScalarKernels.FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN), 0, scale);
            if (((RotatedMethod) method).rounds() == HadamardRounds.AUTO && scale < 0) {
                // The sign means that one round was enough.
                assertTrue(Float.isFinite(pipe.decode(SEED)[0]));
                continue;
            }
            try {
                pipe.decode(SEED);
            } catch (MalformedPayloadException e) {
                assertTrue(e.getMessage().contains("scale " + scale), e.getMessage());
                continue;
            }
            throw new AssertionError("a scale of " + scale + " was taken");
        }
    }
}
