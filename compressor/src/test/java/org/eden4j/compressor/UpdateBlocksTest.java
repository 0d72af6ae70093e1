package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.eden4j.compressor.UpdateBlocks.Run;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.compressor.eden.Eden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateBlocksTest {
    private static final int TRIALS = 300;
    private static final UpdateBlocks EXAMPLE = UpdateBlocks.of(UpdateLayout.parse("""
            1000 eden:bits=4 W
            300 absent frozen
            10 none b
            """), _ -> 512);

    @Test
    void shouldCutTheExample() {
        assertEquals(1310, EXAMPLE.dimension());
        assertEquals(1010, EXAMPLE.coordinates());
        assertEquals(5, EXAMPLE.blockCount());
        int[] offsets = {0, 512, 768, 896, 1300};
        int[] lengths = {512, 256, 128, 104, 10};
        long[] places = {0, 512, 768, 1310, 1300};
        for (int block = 0; block < 5; block++) {
            assertEquals(offsets[block], EXAMPLE.offset(block));
            assertEquals(lengths[block], EXAMPLE.length(block));
            assertEquals(places[block], EXAMPLE.sumOffset(block));
            assertEquals(block == 4 ? "none" : "eden:bits=4", EXAMPLE.method(block).toString());
        }
        assertEquals(1438, EXAMPLE.sumLength());
        assertEquals(512, EXAMPLE.largestSum());
        assertEquals(List.of(new Run(0, 1000), new Run(1300, 1310)), EXAMPLE.runs());
        assertEquals(List.of(new Run(512, 896)), EXAMPLE.runs(1, 3));
        assertEquals(List.of(), EXAMPLE.runs(2, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> EXAMPLE.offset(5));
        assertThrows(IndexOutOfBoundsException.class, () -> EXAMPLE.length(-1));
    }

    @Test
    void shouldCoverEveryTravellingCoordinateOnceWithinItsPart() {
        for (int trial = 0; trial < TRIALS; trial++) {
            UpdateLayout layout = RandomLayouts.of(trial);
            UpdateBlocks blocks = RandomLayouts.blocks(layout);
            BitSet covered = new BitSet();
            int end = 0;
            for (int block = 0; block < blocks.blockCount(); block++) {
                int first = blocks.offset(block);
                assertTrue(first >= end, layout.text());
                end = first + blocks.length(block);
                covered.set(first, end);
                assertEquals(block, blocks.blockAt(first));
                assertEquals(block, blocks.blockAt(end - 1));
                Part part = layout.partAt(first);
                assertTrue(end <= part.end(), layout.text());
                assertEquals(part.method().orElseThrow().forDimension(part.length()), blocks.method(block));
            }
            BitSet travelling = new BitSet();
            layout.parts()
                .stream()
                .filter(part -> part.kind() != Kind.ABSENT)
                .forEach(part -> travelling.set(part.first(), part.end()));
            assertEquals(travelling, covered, layout.text());
            assertEquals(travelling.cardinality(), blocks.coordinates());
        }
    }

    @Test
    void shouldGiveEveryBlockAPlaceOfItsOwnInASumClearOfAbsentCoordinates() {
        for (int trial = 0; trial < TRIALS; trial++) {
            UpdateLayout layout = RandomLayouts.of(trial);
            UpdateBlocks blocks = RandomLayouts.blocks(layout);
            BitSet taken = new BitSet();
            layout.parts()
                .stream()
                .filter(part -> part.kind() == Kind.ABSENT)
                .forEach(part -> taken.set(part.first(), part.end()));
            for (int block = 0; block < blocks.blockCount(); block++) {
                int place = (int) blocks.sumOffset(block);
                int end = place + blocks.paddedLength(block);
                assertTrue(taken.get(place, end).isEmpty(), "block " + block + " of " + layout.text());
                assertTrue(end <= blocks.sumLength());
                taken.set(place, end);
            }
        }
    }

    @Test
    void shouldTellTheRunsOfAnyBlocks() {
        for (int trial = 0; trial < TRIALS; trial++) {
            UpdateBlocks blocks = RandomLayouts.blocks(RandomLayouts.of(trial));
            for (int begin = 0; begin < blocks.blockCount(); begin += 3) {
                for (int end = begin; end <= blocks.blockCount(); end += 2) {
                    assertEquals(runsByBlock(blocks, begin, end), blocks.runs(begin, end));
                }
            }
        }
    }

    private static List<Run> runsByBlock(UpdateBlocks blocks, int begin, int end) {
        List<Run> runs = new ArrayList<>();
        for (int block = begin; block < end; block++) {
            int first = blocks.offset(block);
            if (!runs.isEmpty() && runs.getLast().end() == first) {
                first = runs.removeLast().first();
            }
            runs.add(new Run(first, blocks.offset(block) + blocks.length(block)));
        }
        return runs;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 1000, 4096, 5000, 1_000_003})
    void shouldCutAVectorOfOnePartAsItsLayoutDoes(int dimension) {
        Method method = Eden.unbiased(4).forDimension(dimension);
        BlockLayout layout = BlockLayout.of(method, dimension, BlockLayout.DEFAULT_BLOCK);
        UpdateBlocks blocks = UpdateBlocks.of(UpdateLayout.whole(dimension, Eden.unbiased(4)));
        assertTrue(blocks.hasSameBlocks(UpdateBlocks.of(method, layout)));
        assertEquals(layout.blockCount(), blocks.blockCount());
        assertEquals(layout.sumLength(), blocks.sumLength());
        assertEquals(layout.largestSum(), blocks.largestSum());
        assertEquals(List.of(method), blocks.methods());
        assertEquals(List.of(new Run(0, dimension)), blocks.runs());
        for (int block = 0; block < layout.blockCount(); block++) {
            assertEquals(layout.offset(block), blocks.offset(block));
            assertEquals(layout.offset(block), blocks.sumOffset(block));
            assertEquals(layout.length(block), blocks.length(block));
        }
    }

    @Test
    void shouldTellOtherBlocks() {
        UpdateLayout layout = UpdateLayout.parse("300 drive a\n300 drive b\n");
        assertTrue(UpdateBlocks.of(layout)
            .hasSameBlocks(UpdateBlocks.of(UpdateLayout.parse("300 signsgd a\n300 drive b\n"))));
        assertFalse(
                UpdateBlocks.of(layout).hasSameBlocks(UpdateBlocks.of(UpdateLayout.whole(600, Method.parse("drive")))));
        assertFalse(UpdateBlocks.of(UpdateLayout.parse("300 drive a\n300 absent b\n"))
            .hasSameBlocks(UpdateBlocks.of(UpdateLayout.parse("300 absent a\n300 drive b\n"))));
    }

    @Test
    void shouldSettleABlockThatHadAnotherPlace() {
        float[] sum = new float[EXAMPLE.sumLength()];
        sum[1310] = 1;
        sum[1310 + 103] = 2;
        sum[1310 + 104] = 3;
        for (int block = 0; block < EXAMPLE.blockCount(); block++) {
            EXAMPLE.settle(block, MemorySegment.ofArray(sum));
        }
        assertEquals(1, sum[896]);
        assertEquals(2, sum[999]);
        assertEquals(0, sum[1000]);
    }
}
