package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.GradientCodec;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodSamples;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.elementwise.None;
import org.junit.jupiter.api.Test;

/** Containers of gradients whose parts have methods of their own. */
class ContainerOfPartsTest {
    private static final UpdateLayout LAYOUT = UpdateLayout.parse("""
            1000 eden:bits=4 0_W
            20 none 0_b
            130 absent 1_W
            300 topk:fraction=0.1 2_W
            600 eden:bits=2,coding=entropy 3_W
            100 drive 3_b
            """);
    private static final int DIMENSION = LAYOUT.dimension();

    private static CompressedGradientHeader header(int blockSize) {
        return new CompressedGradientHeader(LAYOUT, blockSize, 5, 3, 1);
    }

    @Test
    void shouldDecodeWhatTheCodecOfAWholeGradientDecodes() {
        float[] gradient = MethodSamples.gradient(1, DIMENSION);
        CompressedGradientHeader header = header(512);
        CompressedGradient container = CompressedGradient.encode(header, gradient);
        UpdateBlocks blocks = header.blocks();
        try (GradientCodec codec = new GradientCodec(blocks, 1)) {
            float[] sum = new float[blocks.sumLength()];
            codec.accumulate(codec.encode(MemorySegment.ofArray(gradient), 5, 3, 1), 5, 3, 1, 1,
                    MemorySegment.ofArray(sum));
            codec.finish(5, 3, MemorySegment.ofArray(sum));
            assertArrayEquals(Arrays.copyOf(sum, DIMENSION), container.decode());
        }
        float[] decoded = container.decode();
        assertArrayEquals(Arrays.copyOfRange(gradient, 1000, 1020), Arrays.copyOfRange(decoded, 1000, 1020), "raw");
        assertArrayEquals(new float[130], Arrays.copyOfRange(decoded, 1020, 1150), "absent");
        assertTrue(container.size() <= header.containerBytes());
    }

    @Test
    void shouldComeBackTheSameAndLeaveAbsentCoordinatesOfASum() {
        CompressedGradient sent = CompressedGradient.encode(header(4096), MethodSamples.gradient(1, DIMENSION));
        CompressedGradient received = CompressedGradient.of(sent.toByteArray());
        assertEquals(sent.header(), received.header());
        assertEquals(LAYOUT, received.header().parts());
        assertEquals(Optional.empty(), received.header().method());
        float[] sum = MethodSamples.gradient(2, DIMENSION);
        received.accumulate(.5f, sum);
        float[] start = MethodSamples.gradient(2, DIMENSION);
        float[] decoded = sent.decode();
        for (int i = 0; i < DIMENSION; i++) {
            assertEquals(i >= 1020 && i < 1150 ? start[i] : Math.fma(decoded[i], .5f, start[i]), sum[i]);
        }
    }

    /** A layout of one part named `all` is a gradient without structure. */
    @Test
    void shouldWriteOnePartAsVersionOne() {
        Method method = Eden.unbiased(4);
        float[] gradient = MethodSamples.gradient(1, 500);
        CompressedGradient whole = CompressedGradient
            .encode(CompressedGradientHeader.of(UpdateLayout.whole(500, method), 7), gradient);
        assertArrayEquals(
                CompressedGradient.encode(CompressedGradientHeader.of(method, 500, 7), gradient).toByteArray(),
                whole.toByteArray());
        assertEquals(1, whole.toByteArray()[8]);
        assertEquals(Optional.of(method), whole.header().method());
    }

    @Test
    void shouldTakeCodecsByMethod() {
        CompressedGradientHeader header = header(4096);
        float[] gradient = MethodSamples.gradient(1, DIMENSION);
        ErrorFeedback feedback = new ErrorFeedback(DIMENSION);
        CompressedGradient first = CompressedGradient.encode(header, feedback::encoder,
                MemorySegment.ofArray(gradient));
        assertArrayEquals(CompressedGradient.encode(header, gradient).toByteArray(), first.toByteArray());
        feedback.commit();
        CompressedGradient second = CompressedGradient.encode(header, feedback::encoder,
                MemorySegment.ofArray(gradient));
        float[] both = first.decode();
        second.accumulate(1, both);
        float[] without = first.decode();
        first.accumulate(1, without);
        assertTrue(squaredError(gradient, both) < squaredError(gradient, without),
                "topk sends the second time what it left the first time");
        BlockCodec one = BlockCodec.of(Eden.unbiased(4));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> CompressedGradient.encode(header, one, MemorySegment.ofArray(gradient)))
            .getMessage()
            .endsWith("has methods by part: give a codec for each"));
    }

    /** Returns the squared error of the sum of two estimates in the part sent by topk. */
    private static double squaredError(float[] gradient, float[] sum) {
        double error = 0;
        for (int i = 1150; i < 1450; i++) {
            error += (2.0 * gradient[i] - sum[i]) * (2.0 * gradient[i] - sum[i]);
        }
        return error;
    }

    @Test
    void shouldFindEveryFlippedBitAndEveryCut() {
        byte[] bytes = CompressedGradient.encode(
                new CompressedGradientHeader(UpdateLayout.parse("200 eden:bits=1 W\n3 none b\n5 absent f\n"), 128, 5, 0,
                        1),
                MethodSamples.gradient(1, 208))
            .toByteArray();
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(bytes, "bit " + bit);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        for (int length = 0; length < bytes.length; length++) {
            String message = assertRefused(Arrays.copyOf(bytes, length), "cut to " + length);
            assertTrue(message.contains("ends at byte " + length + ", expected "), message);
        }
        assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "one more");
        CompressedGradient.of(bytes).decode();
    }

    @Test
    void shouldSayWhatIsWrongWithAHeader() {
        UpdateLayout layout = UpdateLayout.parse("128 eden:bits=1 W\n1 none b\n");
        ContainerBytes good = ContainerBytes.of(layout, 128, new byte[20], new byte[4]);
        assertEquals(129, CompressedGradient.of(good.bytes()).decode().length);
        assertMessage("wire id 2, but a layout has 127", good.withWireId(2).bytes());
        assertMessage("dimension 130, but the layout has 129 coordinates", good.withDimension(130).bytes());
        assertMessage("the layout's text has 0 bytes, expected 1 to 4194304", good.withText("").bytes());
        assertMessage("the text of a layout of 2 parts is not written as UpdateLayout writes it",
                good.withText("128 eden:bits=1.0 W\n1 none b\n").bytes());
        assertMessage("a gradient without structure in format version 2, expected 1",
                ContainerBytes.of(UpdateLayout.whole(1, new None()), 128, new byte[4]).bytes());
        assertMessage("line 2 of an update layout, '1 none': expected 'length method name'",
                good.withText("128 eden:bits=1 W\n1 none\n").bytes());
        assertMessage("block size must be a power of two from 128 to 16777216, got 129",
                ContainerBytes.of(layout, 129).bytes());
        assertMessage("block size must be from 128 to 16777216, got 127",
                ContainerBytes.of(UpdateLayout.parse("1 none a\n1 none b\n"), 127).bytes());
    }

    /** Parts whose method supports only small blocks use those, whatever the block size of the others. */
    @Test
    void shouldCutEachPartIntoBlocksThatItsMethodTakes() {
        UpdateLayout layout = UpdateLayout.parse("9000 eden:bits=1,rotation=haar W\n9000 eden:bits=1 V\n");
        CompressedGradientHeader header = new CompressedGradientHeader(layout, 8192, 1, 2, 0);
        assertEquals(4096, header.blocks().length(0));
        CompressedGradient container = CompressedGradient.encode(header, MethodSamples.gradient(1, 18_000));
        assertEquals(header.containerBytes(), container.size());
        assertArrayEquals(container.decode(), CompressedGradient.of(container.toByteArray()).decode());
    }

    @Test
    void shouldReadBlocksOneByOne() throws Exception {
        CompressedGradient container = CompressedGradient.encode(header(256), MethodSamples.gradient(1, DIMENSION));
        CompressedGradientReader reader = new CompressedGradientReader(
                new ByteArrayInputStream(container.toByteArray()));
        UpdateBlocks blocks = reader.header().blocks();
        float[] decoded = new float[DIMENSION];
        for (int block = 0; reader.hasNext(); block++) {
            MemorySegment coordinates = reader.decodeNext();
            assertEquals(4L * blocks.length(block), coordinates.byteSize());
            MemorySegment.copy(coordinates, 0, MemorySegment.ofArray(decoded), 4L * blocks.offset(block),
                    coordinates.byteSize());
        }
        assertArrayEquals(container.decode(), decoded);
    }

    private static void assertMessage(String expected, byte[] bytes) {
        assertEquals("compressed gradient: " + expected, assertRefused(bytes, expected));
    }

    private static String assertRefused(byte[] bytes, String what) {
        return assertThrows(MalformedPayloadException.class, () -> CompressedGradient.of(bytes), what).getMessage();
    }
}
