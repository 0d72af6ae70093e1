package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.eden4j.compressor.eden.Drive;
import org.eden4j.compressor.eden.Eden;
import org.eden4j.compressor.elementwise.None;

class BlockLayoutProperties {
    private static final String SEED = "20261122";

    @Property(seed = SEED)
    void shouldTileTheGradient(
            @ForAll @IntRange(min = 1, max = 3_000_000) int dimension, @ForAll @IntRange(min = 7, max = 24) int log2) {
        BlockLayout layout = BlockLayout.of(Eden.unbiased(2), dimension, 1 << log2);
        int next = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            assertEquals(next, layout.offset(block), "offset of block " + block);
            assertTrue(layout.length(block) >= 1, "length of block " + block);
            next += layout.length(block);
        }
        assertEquals(dimension, next);
    }

    @Property(seed = SEED)
    void shouldMakeAllBlocksButTheLastPowersOfTwoInFallingOrder(
            @ForAll @IntRange(min = 1, max = 3_000_000) int dimension, @ForAll @IntRange(min = 7, max = 24) int log2) {
        BlockLayout layout = BlockLayout.of(Eden.unbiased(2), dimension, 1 << log2);
        int before = 1 << log2;
        for (int block = 0; block < layout.blockCount() - 1; block++) {
            int length = layout.length(block);
            assertEquals(1, Integer.bitCount(length), "bits of length " + length);
            assertTrue(length >= 128 && length <= before, length + " after " + before);
            before = length;
        }
    }

    @Property(seed = SEED)
    void shouldWasteAtMost127Slots(
            @ForAll @IntRange(min = 1, max = 3_000_000) int dimension, @ForAll @IntRange(min = 7, max = 24) int log2) {
        BlockLayout layout = BlockLayout.of(Drive.unbiased(), dimension, 1 << log2);
        long slots = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            slots += BlockLayout.paddedSize(layout.length(block));
        }
        assertTrue(slots - dimension <= 127, slots + " slots for " + dimension + " coordinates");
    }

    @Property(seed = SEED)
    void shouldTileTheGradientWithRuns(
            @ForAll @IntRange(min = 1, max = 3_000_000) int dimension,
            @ForAll @IntRange(min = 16, max = 100_000) int run) {
        BlockLayout layout = BlockLayout.of(new None(), dimension, run);
        assertEquals((dimension + run - 1) / run, layout.blockCount());
        for (int block = 0; block < layout.blockCount(); block++) {
            assertEquals(block * run, layout.offset(block));
            assertEquals(Math.min(run, dimension - block * run), layout.length(block));
        }
    }
}
