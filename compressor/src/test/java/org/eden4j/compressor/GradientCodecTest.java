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
    private static final int TRIALS = 60;
    private static final float UNTOUCHED = Float.MAX_VALUE;
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
                    MemorySegment sum = MemorySegment.ofArray(new float[codec.blocks().sumLength()]);
                    GradientCodec.Payloads payloads = codec.encode(MemorySegment.ofArray(x), 1, 2, 3);
                    assertTrue(payloads.totalBytes() <= codec.maxPayloadBytes());
                    codec.accumulate(payloads, 1, 2, 3, 1, sum);
                    codec.finish(1, 2, sum);
                    assertArrayEquals(blockByBlock(method.forDimension(dimension), codec.blocks(), x),
                            sum.asSlice(0, 4L * dimension).toArray(ValueLayout.JAVA_FLOAT), method + " " + dimension);
                }
            }
        }
    }

    private static GradientCodec codec(Method method, int dimension) {
        Method used = method.forDimension(dimension);
        return new GradientCodec(used, BlockLayout.of(used, dimension, MethodSamples.blockSize(method)), 1);
    }

    private static float[] blockByBlock(Method method, UpdateBlocks layout, float[] x) {
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

    @Test
    void shouldEncodeAndAddEachPartAsAVectorOfItsOwn() {
        for (int trial = 0; trial < TRIALS; trial++) {
            UpdateLayout layout = RandomLayouts.of(trial);
            UpdateBlocks blocks = RandomLayouts.blocks(layout);
            try (GradientCodec codec = new GradientCodec(blocks, 1)) {
                float[][] x = {gradient(trial, layout), gradient(trial + TRIALS, layout)};
                float[] sum = sum(blocks);
                GradientCodec.Payloads[] payloads = new GradientCodec.Payloads[x.length];
                for (int worker = 0; worker < x.length; worker++) {
                    payloads[worker] = codec.encode(MemorySegment.ofArray(x[worker]), 1, 2, worker);
                    codec.accumulate(payloads[worker], 1, 2, worker, worker + .5f, MemorySegment.ofArray(sum));
                }
                codec.finish(1, 2, MemorySegment.ofArray(sum));
                int block = 0;
                for (UpdateLayout.Part part : layout.parts()) {
                    float[] actual = Arrays.copyOfRange(sum, part.first(), part.end());
                    float[] expected = new float[part.length()];
                    if (part.method().isPresent()) {
                        block += addAlone(part, block, x, payloads, expected, layout + " part " + part);
                    } else {
                        Arrays.fill(expected, UNTOUCHED);
                    }
                    assertArrayEquals(expected, actual, layout.text() + part);
                }
                assertEquals(blocks.blockCount(), block);
            }
        }
    }

    /**
     * Computes a part's sum from blocks numbered from {@code firstBlock} on, and asserts that its payloads are equal.
     */
    private static int addAlone(
            UpdateLayout.Part part, int firstBlock, float[][] x, GradientCodec.Payloads[] payloads, float[] mean,
            String what) {
        Method method = part.method().orElseThrow().forDimension(part.length());
        BlockLayout alone = BlockLayout.of(method, part.length(), MethodSamples.blockSize(method));
        BlockCodec codec = method.codec();
        float[] sum = new float[alone.sumLength()];
        for (int block = 0; block < alone.blockCount(); block++) {
            int length = alone.length(block);
            for (int worker = 0; worker < x.length; worker++) {
                MemorySegment own = MemorySegment.ofArray(Arrays.copyOfRange(x[worker], part.first(), part.end()));
                BlockSeed seed = BlockSeed.of(1, 2, worker, firstBlock + block);
                byte[] payload = new byte[method.maxPayloadBytes(length)];
                int bytes = codec.encode(own, alone.offset(block), length, seed, MemorySegment.ofArray(payload), 0);
                assertEquals(bytes, payloads[worker].length(firstBlock + block), what);
                MemorySegment sent = payloads[worker].bytes()
                    .asSlice(payloads[worker].offset(firstBlock + block), bytes);
                assertEquals(-1, sent.mismatch(MemorySegment.ofArray(payload).asSlice(0, bytes)), what);
                codec.accumulate(sent, 0, bytes, length, seed, worker + .5f, MemorySegment.ofArray(sum),
                        alone.offset(block));
            }
            codec.finish(length, BlockSeed.of(1, 2, 0, firstBlock + block), MemorySegment.ofArray(sum),
                    alone.offset(block));
        }
        System.arraycopy(sum, 0, mean, 0, mean.length);
        return alone.blockCount();
    }

    /** Returns a gradient whose absent coordinates are NaN, since they must not be read. */
    private static float[] gradient(int seed, UpdateLayout layout) {
        float[] x = MethodSamples.gradient(seed, layout.dimension());
        layout.parts()
            .stream()
            .filter(part -> part.method().isEmpty())
            .forEach(part -> Arrays.fill(x, part.first(), part.end(), Float.NaN));
        return x;
    }

    /** Returns a sum in which any change of an absent coordinate is visible. */
    private static float[] sum(UpdateBlocks blocks) {
        float[] sum = new float[blocks.sumLength()];
        Arrays.fill(sum, 0, blocks.dimension(), UNTOUCHED);
        blocks.runs().forEach(run -> Arrays.fill(sum, run.first(), run.end(), 0));
        return sum;
    }

    @Test
    void shouldGiveTheBytesAndSumsOfOneThreadWithParts() {
        UpdateLayout layout = RandomLayouts.of(3);
        UpdateBlocks blocks = RandomLayouts.blocks(layout);
        MemorySegment gradient = TestVectors.offHeap(gradient(1, layout));
        try (GradientCodec one = new GradientCodec(blocks, 1); GradientCodec three = new GradientCodec(blocks, 3)) {
            GradientCodec.Payloads expected = encoded(one, gradient);
            assertEquals(-1, expected.bytes().mismatch(encoded(three, gradient).bytes()));
            MemorySegment[] sums = {MemorySegment.ofArray(sum(blocks)), MemorySegment.ofArray(sum(blocks))};
            for (int i = 0; i < sums.length; i++) {
                GradientCodec codec = i == 0 ? one : three;
                codec.accumulate(expected, 1, 2, 3, .5f, sums[i]);
                codec.finish(1, 2, sums[i]);
            }
            assertEquals(-1, sums[0].mismatch(sums[1]));
        }
    }

    @Test
    void shouldKeepWhatErrorFeedbackLeavesOfPartsThatTravel() {
        UpdateLayout layout = UpdateLayout.parse("""
                300 absent begin
                5000 topk:fraction=0.01 W
                20 none b
                700 absent middle
                1000 signsgd V
                40 absent end
                """);
        ErrorFeedback feedback = new ErrorFeedback(layout.dimension());
        float[] kept = new float[layout.dimension()];
        try (GradientCodec codec = new GradientCodec(UpdateBlocks.of(layout), 1, feedback);
                GradientCodec plain = GradientCodec.of(layout)) {
            for (int round = 0; round < 3; round++) {
                float[] x = gradient(round, layout);
                float[] wanted = x.clone();
                for (int i = 0; i < x.length; i++) {
                    wanted[i] += kept[i];
                }
                GradientCodec.Payloads sent = codec.encode(MemorySegment.ofArray(x), 1, round, 0);
                assertEquals(-1,
                        sent.bytes().mismatch(plain.encode(MemorySegment.ofArray(wanted), 1, round, 0).bytes()));
                float[] decoded = new float[codec.blocks().sumLength()];
                codec.accumulate(sent, 1, round, 0, 1, MemorySegment.ofArray(decoded));
                codec.finish(1, round, MemorySegment.ofArray(decoded));
                feedback.commit();
                for (UpdateBlocks.Run run : codec.blocks().runs()) {
                    for (int i = run.first(); i < run.end(); i++) {
                        kept[i] = wanted[i] - decoded[i];
                    }
                }
                assertArrayEquals(kept, feedback.residual().toArray(ValueLayout.JAVA_FLOAT), "round " + round);
            }
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
