package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Stream;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.compressor.container.CompressedGradientHeader;
import org.eden4j.compressor.eden.Drive;
import org.eden4j.compressor.elementwise.None;
import org.eden4j.compressor.sparse.TopK;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The remainder is kept for every method, and nothing else changes. */
class ErrorFeedbackTest {
    private static final int DIMENSION = 1000;

    static Stream<Method> methods() {
        return MethodSamples.all().stream();
    }

    private static CompressedGradientHeader header(Method method, long round) {
        return new CompressedGradientHeader(method, DIMENSION, MethodSamples.blockSize(method), 1, round, 2);
    }

    private static float[] residual(ErrorFeedback feedback) {
        return feedback.residual().toArray(ValueLayout.JAVA_FLOAT);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldSendGradientPlusResidualAndKeepTheRest(Method method) {
        ErrorFeedback feedback = new ErrorFeedback(DIMENSION);
        BlockCodec codec = feedback.encoder(method);
        float[] kept = new float[DIMENSION];
        for (int round = 0; round < 4; round++) {
            float[] x = MethodSamples.gradient(round, DIMENSION);
            float[] wanted = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) {
                wanted[i] = x[i] + kept[i];
            }
            CompressedGradient plain = CompressedGradient.encode(header(method, round), wanted);
            CompressedGradient sent = CompressedGradient.encode(header(method, round), codec,
                    MemorySegment.ofArray(x));
            assertArrayEquals(plain.toByteArray(), sent.toByteArray());
            assertArrayEquals(kept, residual(feedback), "before the commit of round " + round);
            feedback.commit();
            float[] decoded = sent.decode();
            for (int i = 0; i < DIMENSION; i++) {
                kept[i] = wanted[i] - decoded[i];
            }
            assertArrayEquals(kept, residual(feedback), "after round " + round);
        }
        feedback.reset();
        assertArrayEquals(new float[DIMENSION], residual(feedback));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldDecodeAsTheMethodAlone(Method method) {
        BlockCodec alone = BlockCodec.of(method);
        BlockCodec feedback = new ErrorFeedback(DIMENSION).encoder(method);
        BlockSeed seed = BlockSeed.of(1, 2, 3, 4);
        byte[] payload = new byte[feedback.payloadBytes(128)];
        assertEquals(alone.payloadBytes(128), payload.length);
        int written = feedback.encode(MemorySegment.ofArray(MethodSamples.gradient(9, DIMENSION)), 512, 128, seed,
                MemorySegment.ofArray(payload), 0);
        float[][] sums = new float[2][DIMENSION];
        for (int i = 0; i < 2; i++) {
            BlockCodec codec = i == 0 ? alone : feedback;
            MemorySegment sum = MemorySegment.ofArray(sums[i]);
            codec.accumulate(MemorySegment.ofArray(payload), 0, written, 128, seed, 0.5f, sum, 512);
            codec.finish(128, seed, sum, 512);
        }
        assertArrayEquals(sums[0], sums[1]);
    }

    @Test
    void shouldKeepTheResidualWhenAGradientIsRefused() {
        ErrorFeedback feedback = new ErrorFeedback(DIMENSION);
        BlockCodec codec = feedback.encoder(Drive.unbiased());
        CompressedGradient.encode(header(Drive.unbiased(), 0), codec,
                MemorySegment.ofArray(MethodSamples.gradient(1, DIMENSION)));
        feedback.commit();
        float[] before = residual(feedback);
        float[] x = new float[DIMENSION];
        x[700] = Float.NaN;
        byte[] payload = new byte[codec.payloadBytes(256)];
        NonFiniteGradientException e = assertThrows(NonFiniteGradientException.class,
                () -> codec.encode(MemorySegment.ofArray(x), 512, 256, BlockSeed.of(1, 1, 1, 1),
                        MemorySegment.ofArray(payload), 0));
        assertEquals(700, e.index());
        assertArrayEquals(before, residual(feedback));
    }

    @Test
    void shouldKeepTheResidualWhenWhatIsSentWouldOverflow() {
        // The estimate of one worker at one bit greatly exceeds the largest coordinate of a block.
        ErrorFeedback feedback = new ErrorFeedback(DIMENSION);
        BlockCodec codec = feedback.encoder(Drive.unbiased());
        float[] x = new float[DIMENSION];
        Arrays.fill(x, 3e38f);
        byte[] payload = new byte[codec.payloadBytes(512)];
        NonFiniteGradientException e = assertThrows(NonFiniteGradientException.class,
                () -> codec.encode(MemorySegment.ofArray(x), 0, 512, BlockSeed.of(1, 1, 1, 1),
                        MemorySegment.ofArray(payload), 0));
        assertTrue(e.index() < 512);
        assertArrayEquals(new float[DIMENSION], residual(feedback));
    }

    @Test
    void shouldKeepTheResidualOfWhatWasNotCounted() {
        ErrorFeedback feedback = new ErrorFeedback(DIMENSION);
        BlockCodec codec = feedback.encoder(new TopK(.1));
        MemorySegment x = MemorySegment.ofArray(MethodSamples.gradient(1, DIMENSION));
        byte[][] payloads = new byte[3][codec.payloadBytes(512)];
        for (int attempt = 0; attempt < 2; attempt++) {
            codec.encode(x, 0, 512, BlockSeed.of(1, 1, 1, 0), MemorySegment.ofArray(payloads[attempt]), 0);
        }
        assertArrayEquals(payloads[0], payloads[1], "encoded again");
        codec.encode(x, 512, 256, BlockSeed.of(1, 1, 1, 1), MemorySegment.ofArray(new byte[codec.payloadBytes(256)]),
                0);
        feedback.commit(512, 768);
        float[] residual = residual(feedback);
        assertArrayEquals(new float[512], Arrays.copyOf(residual, 512));
        assertTrue(TestVectors.count(Arrays.copyOfRange(residual, 512, 768), value -> value != 0) > 200);
        codec.encode(x, 0, 512, BlockSeed.of(1, 1, 1, 0), MemorySegment.ofArray(payloads[2]), 0);
        assertArrayEquals(payloads[0], payloads[2], "encoded again after others were counted");
        assertThrows(IndexOutOfBoundsException.class, () -> feedback.commit(0, DIMENSION + 1));
    }

    @Test
    void shouldRefuseBlocksBeyondItsDimension() {
        ErrorFeedback feedback = new ErrorFeedback(10);
        BlockCodec codec = feedback.encoder(new None());
        MemorySegment x = MemorySegment.ofArray(new float[20]);
        MemorySegment payload = MemorySegment.ofArray(new byte[80]);
        BlockSeed seed = BlockSeed.of(1, 1, 1, 1);
        IndexOutOfBoundsException e = assertThrows(IndexOutOfBoundsException.class,
                () -> codec.encode(x, 5, 6, seed, payload, 0));
        assertEquals("block [5, 11) exceeds the residual's 10 coordinates", e.getMessage());
        assertThrows(IndexOutOfBoundsException.class, () -> codec.encode(x, -1, 6, seed, payload, 0));
        assertThrows(IllegalArgumentException.class, () -> new ErrorFeedback(0));
        assertTrue(feedback.residual().isReadOnly());
    }
}
