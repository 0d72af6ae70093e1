package org.eden4j.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameLayoutTest {
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
        BlockCodec codec = BlockCodec.of(layout.method());
        int budget = Math.min(16 * 1024, mtu - 32 - 28 - 28);
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
                bytes += codec.payloadBytes(layout.blocks().length(block));
                coordinate += layout.blocks().length(block);
                block++;
            }
            assertEquals(coordinate, layout.end(frame));
            assertEquals(bytes, layout.payloadBytes(frame));
            assertTrue(bytes > 0 && bytes <= budget, bytes + " bytes of " + budget);
            assertEquals(frame, layout.frameOf(layout.first(frame)));
            assertEquals(frame, layout.frameOf(layout.end(frame) - 1));
            total += bytes;
        }
        assertEquals(dimension, coordinate);
        assertEquals(layout.blocks().blockCount(), block);
        assertEquals(total, layout.totalPayloadBytes());
        assertEquals(total + 28L * layout.frameCount(), layout.totalBytes());
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
        assertEquals("none", FrameLayout.of(Method.parse("drive"), 127, 1408).method().toString());
        assertEquals("drive", FrameLayout.of(Method.parse("drive"), 128, 1408).method().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 992, 1407, 65505, 65536})
    void shouldRefuseAnMtuAeronDoesNotTake(int mtu) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                () -> FrameLayout.of(Method.parse("none"), 10, mtu));
        assertEquals("mtu must be a multiple of 32 in 1024..65504, got " + mtu, e.getMessage());
    }
}
