package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientCodecTest {
    private static final int DIMENSION = 100_003;
    private static final Method METHOD = Eden.unbiased(4);
    private static final BlockLayout LAYOUT = BlockLayout.of(METHOD, DIMENSION, 1024);

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void shouldGiveTheBytesAndSumsOfOneThread(int threads) {
        MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(5, DIMENSION));
        try (GradientCodec one = new GradientCodec(METHOD, LAYOUT, 1);
                GradientCodec many = new GradientCodec(METHOD, LAYOUT, threads)) {
            GradientCodec.Payloads expected = encoded(one, gradient);
            GradientCodec.Payloads actual = encoded(many, gradient);
            assertEquals(-1, expected.bytes().mismatch(actual.bytes()));
            assertEquals(-1, sum(one, expected).mismatch(sum(many, expected)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50_000, DIMENSION - 1})
    void shouldThrowWhatAnyThreadThrows(int coordinate) {
        MemorySegment gradient = TestVectors.offHeap(TestVectors.normal(5, DIMENSION));
        gradient.setAtIndex(ScalarKernels.FLOAT, coordinate, Float.NaN);
        try (GradientCodec codec = new GradientCodec(METHOD, LAYOUT, 2)) {
            assertThrows(NonFiniteGradientException.class, () -> encoded(codec, gradient));
        }
    }

    @Test
    void shouldRejectNoThreads() {
        assertThrows(IllegalArgumentException.class, () -> new GradientCodec(METHOD, LAYOUT, 0));
    }

    @Test
    void shouldDecodeWhatItEncoded() {
        for (Method method : Methods.examples()) {
            for (int dimension : new int[]{1, 127, 128, 1000, 5000}) {
                float[] x = TestVectors.normal(7, dimension);
                try (GradientCodec codec = codec(method, dimension)) {
                    MemorySegment sum = MemorySegment.ofArray(new float[codec.layout().sumLength()]);
                    GradientCodec.Payloads payloads = codec.encode(MemorySegment.ofArray(x), 1, 2, 3);
                    assertTrue(payloads.totalBytes() <= codec.maxPayloadBytes());
                    codec.accumulate(payloads, 1, 2, 3, 1, sum);
                    codec.finish(1, 2, sum);
                    assertArrayEquals(blockByBlock(method.forDimension(dimension), codec.layout(), x),
                            sum.asSlice(0, 4L * dimension).toArray(ValueLayout.JAVA_FLOAT), method + " " + dimension);
                }
            }
        }
    }

    private static GradientCodec codec(Method method, int dimension) {
        Method used = method.forDimension(dimension);
        return new GradientCodec(used, BlockLayout.of(used, dimension, MethodSamples.blockSize(method)), 1);
    }

    private static float[] blockByBlock(Method method, BlockLayout layout, float[] x) {
        BlockCodec codec = method.codec();
        float[] sum = new float[layout.sumLength()];
        for (int block = 0; block < layout.blockCount(); block++) {
            int length = layout.length(block);
            BlockSeed seed = BlockSeed.of(1, 2, 3, block);
            MemorySegment payload = MemorySegment.ofArray(new byte[method.maxPayloadBytes(length)]);
            int bytes = codec.encode(MemorySegment.ofArray(x), layout.offset(block), length, seed, payload, 0);
            codec.accumulate(payload, 0, bytes, length, seed, 1, MemorySegment.ofArray(sum), layout.offset(block));
            codec.finish(length, seed, MemorySegment.ofArray(sum), layout.offset(block));
        }
        return Arrays.copyOf(sum, x.length);
    }

    @Test
    void shouldSendShortGradientsRaw() {
        try (GradientCodec codec = GradientCodec.of(METHOD, 100)) {
            assertEquals(400, codec.maxPayloadBytes());
        }
    }

    @Test
    void shouldKeepWhatErrorFeedbackLeaves() {
        ErrorFeedback feedback = new ErrorFeedback(DIMENSION);
        float[] x = TestVectors.normal(3, DIMENSION);
        try (GradientCodec codec = new GradientCodec(METHOD, LAYOUT, 2, feedback)) {
            GradientCodec.Payloads payloads = codec.encode(MemorySegment.ofArray(x), 1, 2, 3);
            MemorySegment sent = Arena.ofAuto().allocate(4L * LAYOUT.sumLength());
            codec.accumulate(payloads, 1, 2, 3, 1, sent);
            codec.finish(1, 2, sent);
            feedback.commit();
            for (int i = 0; i < DIMENSION; i++) {
                assertEquals(x[i] - sent.getAtIndex(ScalarKernels.FLOAT, i),
                        feedback.residual().getAtIndex(ScalarKernels.FLOAT, i));
            }
        }
    }

    @Test
    void shouldRefusePayloadsLongerThanTheirSlot() {
        try (GradientCodec codec = GradientCodec.of(METHOD, 4096)) {
            GradientCodec.Payloads payloads = codec.newPayloads();
            MalformedPayloadException e = assertThrows(MalformedPayloadException.class,
                    () -> payloads.setLength(0, 2053));
            assertEquals("payload of block 0 has 2053 bytes, at most 2052 are possible", e.getMessage());
        }
    }

    private static GradientCodec.Payloads encoded(GradientCodec codec, MemorySegment gradient) {
        return codec.encode(gradient, 1, 2, 3);
    }

    private static MemorySegment sum(GradientCodec codec, GradientCodec.Payloads payloads) {
        MemorySegment sum = Arena.ofAuto().allocate(4L * LAYOUT.sumLength());
        codec.accumulate(payloads, 1, 2, 3, .5f, sum);
        return sum;
    }
}
