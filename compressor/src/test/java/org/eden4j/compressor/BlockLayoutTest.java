package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.elementwise.Float16;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockLayoutTest {
    private static final Method ROTATED = Eden.unbiased(4);
    private static final Method ELEMENTWISE = new Float16();

    @ParameterizedTest
    @CsvSource({
            "1, '1'", "2, '2'", "127, '127'", "128, '128'", "129, '128 1'", "1000, '512 256 128 104'",
            "4223, '4096 127'", "8191, '4096 2048 1024 512 256 128 127'"})
    void shouldCutTheTailIntoPowersOfTwo(int dimension, String lengths) {
        assertEquals(lengths, lengths(BlockLayout.of(ROTATED, dimension, BlockLayout.DEFAULT_BLOCK)));
    }

    @Test
    void shouldCutALeNet() {
        BlockLayout layout = BlockLayout.of(ROTATED, 431_080, BlockLayout.DEFAULT_BLOCK);
        assertEquals(105 + 4, layout.blockCount());
        assertEquals(4096, layout.length(104));
        assertEquals(430_080, layout.offset(105));
        assertEquals(512, layout.length(105));
        assertEquals(256, layout.length(106));
        assertEquals(128, layout.length(107));
        assertEquals(104, layout.length(108));
        assertEquals(430_976, layout.offset(108));
    }

    @Test
    void shouldCutElementwiseMethodsIntoRuns() {
        assertEquals("300 300 300 100", lengths(BlockLayout.of(ELEMENTWISE, 1000, 300)));
        assertEquals("300 300", lengths(BlockLayout.of(ELEMENTWISE, 600, 300)));
        assertEquals("1", lengths(BlockLayout.of(ELEMENTWISE, 1, 1)));
    }

    @Test
    void shouldReachTheLargestDimension() {
        BlockLayout layout = BlockLayout.of(ROTATED, Integer.MAX_VALUE, BlockLayout.LARGEST_BLOCK);
        int last = layout.blockCount() - 1;
        assertEquals(Integer.MAX_VALUE, layout.offset(last) + layout.length(last));
        assertEquals(127, layout.length(last));
    }

    @Test
    void shouldPadToPowersOfTwoFromTheSmallestBlock() {
        assertEquals(128, BlockLayout.paddedSize(1));
        assertEquals(128, BlockLayout.paddedSize(128));
        assertEquals(256, BlockLayout.paddedSize(129));
        assertEquals(256, BlockLayout.paddedSize(256));
        assertEquals(1 << 24, BlockLayout.paddedSize((1 << 23) + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void shouldRefuseDimensionsBelowOne(int dimension) {
        String message = assertThrows(IllegalArgumentException.class, () -> BlockLayout.of(ROTATED, dimension, 4096))
            .getMessage();
        assertEquals("dimension must be at least 1, got " + dimension, message);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -128, 0, 1, 64, 127, 129, 4095, 1 << 25, Integer.MAX_VALUE})
    void shouldRefuseBlockSizesThatCannotBeRotated(int blockSize) {
        String message = assertThrows(IllegalArgumentException.class, () -> BlockLayout.of(ROTATED, 1000, blockSize))
            .getMessage();
        assertTrue(message.contains("power of two from 128 to 16777216") && message.endsWith("got " + blockSize),
                message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "turboquant-prod:bits=4|1024", "eden:bits=1,rotation=haar|4096", "kashin:bits=2|8388608"})
    void shouldRefuseBlocksThatTheMethodDoesNotTake(String text, int largest) {
        Method method = Method.parse(text);
        assertEquals(largest, BlockLayout.of(method, 1 << 24, largest).length(0));
        String message = assertThrows(IllegalArgumentException.class,
                () -> BlockLayout.of(method, 1 << 24, 2 * largest))
            .getMessage();
        assertEquals(text + " takes blocks of up to " + largest + " coordinates, got one of " + 2 * largest
                + ": choose a smaller block size", message);
        assertEquals(largest / 2, BlockLayout.of(method, largest - 1, 2 * largest).length(0));
        BlockCodec codec = BlockCodec.of(method);
        MemorySegment gradient = Arena.ofAuto().allocate(4L * largest + 4);
        String refused = assertThrows(IllegalArgumentException.class, () -> codec.encode(gradient, 0, largest + 1,
                new BlockSeed(1, 2), MemorySegment.NULL, 0))
            .getMessage();
        assertEquals(message, refused);
    }

    @Test
    void shouldRefuseEmptyRuns() {
        assertThrows(IllegalArgumentException.class, () -> BlockLayout.of(ELEMENTWISE, 1000, 0));
    }

    @Test
    void shouldRefuseBlocksThatAreNotThere() {
        BlockLayout layout = BlockLayout.of(ROTATED, 4223, 4096);
        for (int block : new int[]{-1, 2, Integer.MAX_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> layout.offset(block));
            assertThrows(IndexOutOfBoundsException.class, () -> layout.length(block));
        }
    }

    private static String lengths(BlockLayout layout) {
        List<String> lengths = new ArrayList<>();
        for (int block = 0; block < layout.blockCount(); block++) {
            lengths.add(Integer.toString(layout.length(block)));
        }
        return String.join(" ", lengths);
    }
}
