package org.eden4j.compressor.container;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodSamples;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.eden.Drive;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.elementwise.Float16;
import org.eden4j.compressor.elementwise.None;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients are recovered for every method and awkward dimensions, and the container matches its document. */
class CompressedGradientTest {
    private static final int[] DIMENSIONS = {1, 2, 127, 128, 129, 255, 640, 1000, 1537};
    private static final long JOB_SEED = 0x1234_5678_9ABC_DEF0L;

    static Stream<Method> methods() {
        return MethodSamples.all().stream();
    }

    @Test
    void shouldHaveASampleOfEveryMethod() {
        assertEquals(MethodSamples.types(),
                methods().map(Method::type).collect(Collectors.toSet()));
    }

    private static CompressedGradientHeader header(Method method, int dimension) {
        return new CompressedGradientHeader(method, dimension, MethodSamples.blockSize(method), JOB_SEED, 3, 65533);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldDecodeWhatTheBlockCodecDecodes(Method method) {
        for (int dimension : DIMENSIONS) {
            CompressedGradientHeader header = header(method, dimension);
            float[] x = MethodSamples.gradient(dimension, dimension);
            CompressedGradient container = CompressedGradient.encode(header, x);
            long most = header.containerBytes();
            assertEquals(container.size(), method.hasFixedLength() ? most : Math.min(most, container.size()));
            assertArrayEquals(throughBlocks(header, x), container.decode(), method + " at " + dimension);
        }
    }

    /** Decodes the gradient without the container: block after block through a codec. */
    private static float[] throughBlocks(CompressedGradientHeader header, float[] x) {
        BlockCodec codec = BlockCodec.of(header.method().orElseThrow());
        UpdateBlocks layout = header.blocks();
        MemorySegment gradient = MemorySegment.ofArray(x);
        float[] sum = new float[layout.sumLength()];
        MemorySegment decoded = MemorySegment.ofArray(sum);
        for (int block = 0; block < layout.blockCount(); block++) {
            int first = layout.offset(block);
            int length = layout.length(block);
            BlockSeed seed = BlockSeed.of(JOB_SEED, 3, 65533, block);
            byte[] payload = new byte[codec.payloadBytes(length)];
            int written = codec.encode(gradient, first, length, seed, MemorySegment.ofArray(payload), 0);
            codec.accumulate(MemorySegment.ofArray(payload), 0, written, length, seed, 1, decoded, first);
            codec.finish(length, seed, decoded, first);
        }
        return Arrays.copyOf(sum, header.dimension());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldComeBackFromBytesAndStreamsTheSame(Method method) throws IOException {
        for (int dimension : DIMENSIONS) {
            CompressedGradient sent = CompressedGradient.encode(header(method, dimension),
                    MethodSamples.gradient(dimension, dimension));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            sent.writeTo(out);
            assertArrayEquals(sent.toByteArray(), out.toByteArray());
            CompressedGradient fromArray = CompressedGradient.of(out.toByteArray());
            CompressedGradient fromStream = CompressedGradient.read(new ByteArrayInputStream(out.toByteArray()));
            assertEquals(sent.header(), fromArray.header());
            assertEquals(sent.header(), fromStream.header());
            assertArrayEquals(sent.decode(), fromArray.decode());
            assertArrayEquals(sent.decode(), fromStream.decode());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldAddWeightTimesTheGradientOnHeapAndOff(Method method) {
        int dimension = 1000;
        CompressedGradient container = CompressedGradient.of(CompressedGradient
            .encode(header(method, dimension), MethodSamples.gradient(1, dimension))
            .toByteArray());
        float[] start = MethodSamples.gradient(2, dimension);
        float[] expected = container.decode();
        for (int i = 0; i < dimension; i++) {
            expected[i] = Math.fma(expected[i], -0.3f, start[i]);
        }
        float[] onHeap = start.clone();
        container.accumulate(-0.3f, onHeap);
        assertArrayEquals(expected, onHeap);
        MemorySegment offHeap = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, start);
        container.accumulate(-0.3f, offHeap);
        assertArrayEquals(expected, offHeap.toArray(ValueLayout.JAVA_FLOAT));
    }

    @Test
    void shouldBeWhatItsDocumentSays() throws IOException {
        float[] x = {1, -2, 0.5f};
        byte[] payload = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0, 0, 0, 0, 0x3F};
        byte[] expected = ContainerBytes.of(new None(), 3, 4096, payload).bytes();
        CompressedGradientHeader header = new CompressedGradientHeader(Eden.unbiased(4), 3, 4096, 1, 2, 0);
        assertEquals(Optional.of(new None()), header.method(), "3 coordinates travel raw");
        assertArrayEquals(expected, CompressedGradient.encode(header, x).toByteArray());
        assertArrayEquals(x, CompressedGradient.of(expected).decode());
        assertArrayEquals(expected, documented());
    }

    /** Returns the example in docs/container.md. */
    private static byte[] documented() throws IOException {
        Pattern row = Pattern.compile("[0-9a-f]{2} ((?: [0-9a-f]{2}){1,16})(?: {4}.*)?");
        String hex = Files.readAllLines(Path.of("..", "docs", "container.md"))
            .stream()
            .map(row::matcher)
            .filter(Matcher::matches)
            .map(match -> match.group(1))
            .collect(Collectors.joining());
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void shouldDependOnEverySeed() {
        float[] x = MethodSamples.gradient(1, 128);
        Method drive = Drive.unbiased();
        List<CompressedGradientHeader> headers = List.of(new CompressedGradientHeader(drive, 128, 128, 1, 1, 1),
                new CompressedGradientHeader(drive, 128, 128, 2, 1, 1),
                new CompressedGradientHeader(drive, 128, 128, 1, 2, 1),
                new CompressedGradientHeader(drive, 128, 128, 1, 1, BlockSeed.AGGREGATOR));
        assertEquals(4, headers.stream()
            .map(header -> Arrays.toString(CompressedGradient.encode(header, x).decode()))
            .distinct()
            .count());
    }

    @Test
    void shouldRefuseWrongDimensionsAndHeaders() {
        CompressedGradientHeader header = CompressedGradientHeader.of(new None(), 3, 1);
        CompressedGradient container = CompressedGradient.encode(header, new float[3]);
        assertMessage("gradient has 16 bytes, expected 12 for 3 float32 coordinates",
                () -> CompressedGradient.encode(header, new float[4]));
        assertMessage("sum has 8 bytes, expected 12 for 3 float32 coordinates",
                () -> container.accumulate(1, new float[2]));
        assertMessage("dimension must be at least 1, got 0", () -> CompressedGradientHeader.of(new None(), 0, 1));
        assertMessage("block size must be from 128 to 16777216, got 127",
                () -> new CompressedGradientHeader(new None(), 1, 127, 0, 0, 0));
        assertMessage("block size must be a power of two from 128 to 16777216, got 129",
                () -> new CompressedGradientHeader(Eden.unbiased(1), 128, 129, 0, 0, 0));
        assertMessage("worker must be from 0 to 65533, got 65534",
                () -> new CompressedGradientHeader(new None(), 1, 128, 0, 0, 65534));
        assertMessage("a container names workers from 0 to 65533, got 65536",
                () -> new CompressedGradientHeader(new None(), 1, 128, 0, 0, 65536));
        assertMessage("the codec writes 2 bytes for the first block, none takes 4", () -> CompressedGradient.encode(
                CompressedGradientHeader.of(new None(), 1, 1), BlockCodec.of(new Float16()),
                MemorySegment.ofArray(new float[1])));
    }

    @Test
    void shouldNameTheCoordinateThatIsNotANumber() {
        float[] x = new float[1000];
        x[777] = Float.NaN;
        NonFiniteGradientException e = assertThrows(NonFiniteGradientException.class,
                () -> CompressedGradient.encode(header(Eden.unbiased(4), 1000), x));
        assertEquals(777, e.index());
    }

    @Test
    void shouldSayHowToHandleMoreThanAnArrayHolds() {
        CompressedGradientHeader header = CompressedGradientHeader.of(new None(), 1 << 30, 1);
        assertTrue(header.containerBytes() > 1L << 32);
        MemorySegment never = MemorySegment.NULL;
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> CompressedGradient.encode(header, never));
        assertTrue(e.getMessage().endsWith("write it block by block with CompressedGradientWriter"), e.getMessage());
    }

    private static void assertMessage(String expected, Runnable call) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, call::run).getMessage());
    }
}
