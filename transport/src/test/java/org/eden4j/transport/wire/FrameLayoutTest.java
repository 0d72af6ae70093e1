package org.eden4j.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.logbuffer.FrameDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.BitUtil;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.state.FrameRanges;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameLayoutTest {
    private static final ValueLayout.OfShort LENGTH = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int[] MTUS = {1024, 1408, 8192, 65504};

    static Stream<Arguments> layouts() {
        List<Arguments> layouts = new ArrayList<>();
        Random random = new Random(5);
        for (String method : List.of("eden:bits=1", "eden:bits=3", "eden:bits=8", "drive", "float16", "none")) {
            for (int mtu : MTUS) {
                for (int dimension : new int[]{1, 2, 127, 128, 129, 1000, 4095, 4096, 4223, 431_080,
                        1 + random.nextInt(3_000_000)}) {
                    layouts.add(Arguments.of(method, dimension, mtu));
                }
            }
        }
        return layouts.stream();
    }

    @ParameterizedTest(name = "{0}, dimension {1}, MTU {2}")
    @MethodSource("layouts")
    void shouldCoverEveryCoordinateOnceWithinTheBudget(String text, int dimension, int mtu) {
        FrameLayout layout = FrameLayout.of(Method.parse(text), dimension, mtu);
        int budget = Math.min(16 * 1024, mtu - 32 - FrameLayout.HEADER_BYTES - 28);
        int coordinate = 0;
        int block = 0;
        long total = 0;
        for (int frame = 0; frame < layout.frameCount(); frame++) {
            assertEquals(coordinate, layout.first(frame));
            assertEquals(block, layout.firstBlock(frame));
            assertEquals(total, layout.payloadOffset(frame));
            int bytes = 0;
            while (block < layout.endBlock(frame)) {
                assertEquals(coordinate, layout.blocks().offset(block));
                bytes += layout.blocks().method(block).maxPayloadBytes(layout.blocks().length(block));
                coordinate += layout.blocks().length(block);
                block++;
            }
            assertEquals(coordinate, layout.end(frame));
            assertEquals(bytes, layout.maxPayloadBytes(frame));
            assertTrue(bytes > 0 && bytes <= budget, bytes + " bytes of " + budget);
            assertEquals(frame, layout.frameOf(layout.first(frame)));
            assertEquals(frame, layout.frameOf(layout.end(frame) - 1));
            total += bytes;
        }
        assertEquals(dimension, coordinate);
        assertEquals(layout.blocks().blockCount(), block);
        assertEquals(total, layout.maxPayloadBytes());
        assertEquals(total + (long) FrameLayout.HEADER_BYTES * layout.frameCount(), layout.totalBytes());
    }

    static Stream<Arguments> randomLayouts() {
        List<Arguments> layouts = new ArrayList<>();
        for (int seed = 0; seed < 60; seed++) {
            layouts.add(Arguments.of(seed, RandomLayouts.of(seed), MTUS[seed % MTUS.length]));
        }
        return layouts.stream();
    }

    @ParameterizedTest(name = "seed {0}, {1}, MTU {2}")
    @MethodSource("randomLayouts")
    void shouldCarryEveryTravellingCoordinateOfAnyPartsOnce(int seed, UpdateLayout parts, int mtu) {
        FrameLayout layout = FrameLayout.of(parts, mtu);
        UpdateBlocks blocks = layout.blocks();
        int budget = Math.min(16 * 1024, mtu - 32 - FrameLayout.HEADER_BYTES - 28);
        BitSet covered = new BitSet();
        int block = 0;
        for (int frame = 0; frame < layout.frameCount(); frame++) {
            assertEquals(block, layout.firstBlock(frame));
            int bytes = 0;
            int coordinates = 0;
            for (; block < layout.endBlock(frame); block++) {
                Method method = blocks.method(block);
                bytes += method.maxPayloadBytes(blocks.length(block)) + (method.hasFixedLength() ? 0 : 2);
                coordinates += blocks.length(block);
                assertEquals(frame, layout.frameOf(blocks.offset(block)));
                assertEquals(frame, layout.frameOf(blocks.offset(block) + blocks.length(block) - 1));
            }
            assertTrue(bytes <= budget, bytes + " bytes of " + budget);
            assertTrue(block == blocks.blockCount() || bytes + layout.maxBlockBytes(block) > budget,
                    "room for another");
            assertEquals(bytes, layout.maxPayloadBytes(frame));
            assertEquals(coordinates, layout.coordinates(frame));
            BitSet one = new BitSet();
            one.set(frame);
            for (CoordinateRange range : FrameRanges.of(layout, one)) {
                assertTrue(covered.get(range.first(), range.end()).isEmpty());
                covered.set(range.first(), range.end());
                assertTrue(range.first() >= layout.first(frame) && range.end() <= layout.end(frame));
            }
        }
        BitSet travelling = new BitSet();
        parts.parts()
            .stream()
            .filter(part -> part.method().isPresent())
            .forEach(part -> travelling.set(part.first(), part.end()));
        assertEquals(travelling, covered);
        assertEquals(travelling.cardinality(), layout.coordinates());
        assertEquals(blocks.runs().stream().map(run -> new CoordinateRange(run.first(), run.end())).toList(),
                FrameRanges.without(layout, new BitSet()));
        assertEquals(parts.parts().size() > 1 ? 127 : blocks.method(0).wireId(), layout.wireId());
    }

    @Test
    void shouldTakeAPayloadOnlyIfTheLengthsOfItsBlocksMakeUpTheWhole() {
        FrameLayout layout = FrameLayout.of(UpdateLayout.parse("""
                128 varying a
                3 none b
                100 absent c
                128 varying d
                2 none e
                """), 65504);
        assertEquals(1, layout.frameCount());
        assertEquals(2 + 768 + 12 + 2 + 768 + 8, layout.maxPayloadBytes(0));
        MemorySegment payload = MemorySegment.ofArray(new byte[2000]);
        short[] lengths = {6, 12, 0};
        payload.set(LENGTH, 1, lengths[0]);
        payload.set(LENGTH, 1 + 2 + 6 + 12, lengths[1]);
        int whole = 2 + 6 + 12 + 2 + 12 + 8;
        assertTrue(layout.fits(0, payload, 1, whole));
        for (int bytes = 0; bytes < 100; bytes++) {
            assertEquals(bytes == whole, layout.fits(0, payload, 1, bytes), bytes + " bytes");
        }
        payload.set(LENGTH, 1, (short) 769);
        assertFalse(layout.fits(0, payload, 1, 2 + 769 + 12 + 2 + 8));
        payload.set(LENGTH, 1, (short) -1);
        assertFalse(layout.fits(0, payload, 1, whole));
        Random random = new Random(7);
        byte[] noise = new byte[200];
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(noise);
            noise[1] = (byte) random.nextInt(2);
            int bytes = random.nextInt(noise.length + 1);
            boolean fits = layout.fits(0, MemorySegment.ofArray(noise).asSlice(0, bytes), 0, bytes);
            int first = (noise[0] & 0xFF) + 256 * noise[1];
            assertTrue(!fits || first + 2 + 12 + 2 + 8 <= bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 4223, 8191, 65_535, 431_080, 1_000_003})
    void shouldCostFewBitsMoreThanTheMethodSays(int dimension) {
        for (int bits = 1; bits <= 8; bits++) {
            Method method = Method.parse("eden:bits=" + bits);
            double large = 8.0 * FrameLayout.of(method, dimension, 65504).totalBytes() / dimension;
            double small = 8.0 * FrameLayout.of(method, dimension, 1408).totalBytes() / dimension;
            assertTrue(large <= bits + 0.15, bits + " bits, MTU 65504: " + large);
            assertTrue(small <= bits + (bits <= 5 ? 0.25 : 0.4), bits + " bits, MTU 1408: " + small);
        }
    }

    @Test
    void shouldLetTheTailRideAlong() {
        FrameLayout layout = FrameLayout.of(Method.parse("eden:bits=4"), 4223, 65504);
        assertEquals(1, layout.frameCount());
        assertEquals(2, layout.blocks().blockCount());
    }

    @Test
    void shouldTakeTheLargestBlockOfTheMethodWhereItIsSmall() {
        FrameLayout layout = FrameLayout.of(Method.parse("turboquant-prod:bits=4"), 10_000, 65504);
        assertEquals(1024, layout.blocks().length(0));
        assertEquals(4096, FrameLayout.of(Method.parse("eden:bits=4"), 10_000, 65504).blocks().length(0));
    }

    @Test
    void shouldSendShortGradientsRaw() {
        assertEquals("none", FrameLayout.of(Method.parse("drive"), 127, 1408).blocks().method(0).toString());
        assertEquals("drive", FrameLayout.of(Method.parse("drive"), 128, 1408).blocks().method(0).toString());
        assertEquals(0, FrameLayout.of(Method.parse("drive"), 127, 1408).wireId());
        assertEquals(3, FrameLayout.of(Method.parse("drive"), 128, 1408).wireId());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 992, 1407, 65505, 65536})
    void shouldRefuseAnMtuAeronDoesNotTake(int mtu) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> FrameLayout.of(Method.parse("none"), 10, mtu));
        assertEquals("mtu must be a multiple of 32 in 1024..65504, got " + mtu, e.getMessage());
    }

    @Test
    void shouldGoByTheMethodsOfPartsOnlyWhereThereAreSeveral() {
        UpdateLayout one = UpdateLayout.parse("500 drive W\n");
        FrameLayout layout = FrameLayout.of(one, 1408);
        FrameLayout plain = FrameLayout.of(Method.parse("drive"), 500, 1408);
        assertEquals(plain.toString(), layout.toString());
        assertEquals(plain.wireId(), layout.wireId());
        assertEquals(UpdateLayout.WIRE_ID,
                FrameLayout.of(UpdateLayout.parse("500 drive W\n1 absent b\n"), 1408).wireId());
    }

    @Test
    void shouldLetSmallPartsShareAFrame() {
        StringBuilder text = new StringBuilder();
        for (int part = 0; part < 100; part++) {
            text.append("10 none ").append(part).append('\n');
        }
        FrameLayout layout = FrameLayout.of(UpdateLayout.parse(text.toString()), 65504);
        assertEquals(1, layout.frameCount());
        assertEquals(100, layout.blocks().blockCount());
        assertEquals(4000, layout.maxPayloadBytes());
    }

    /** The figures in docs/scaling.md. */
    @ParameterizedTest
    @CsvSource({"1, 1120", "2, 1088", "4, 1088", "8, 1088"})
    void shouldTakeTheBytesThatAreDocumented(int bits, int bytes) {
        FrameLayout layout = FrameLayout.of(Method.parse("eden:bits=" + bits), 1 << 20, 1408);
        assertEquals(1024, layout.coordinates(0) * bits / Byte.SIZE);
        assertEquals(bytes, BitUtil.align(
                FrameLayout.AERON_HEADER_BYTES + FrameLayout.HEADER_BYTES + layout.maxPayloadBytes(0),
                FrameDescriptor.FRAME_ALIGNMENT));
    }
}
