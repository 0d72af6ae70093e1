package org.eden4j.compressor.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.TreeSet;
import org.eden4j.compressor.BlockLayout;
import org.junit.jupiter.api.Test;

/** The position of a block's coordinates. */
class ScratchTest {
    /** Modulo this, stores of a decoded block look like loads. */
    private static final int ARM_BYTES = 2048;

    @Test
    void shouldKeepCoordinatesApartFromTheSum() {
        Scratch scratch = new Scratch();
        scratch.ensure(BlockLayout.DEFAULT_BLOCK);
        MemorySegment sum = Arena.ofAuto().allocate(8192, 4096);
        TreeSet<Long> places = new TreeSet<>();
        for (int offset = 0; offset <= 4096; offset += 4) {
            MemorySegment x = scratch.coordinatesApartFrom(sum, offset);
            long ahead = Math.floorMod(sum.address() + offset - x.address(), (long) ARM_BYTES);
            assertTrue(ahead == 0 || ahead > 192, offset + ": stores " + ahead + " bytes ahead of loads");
            assertEquals(4L * BlockLayout.DEFAULT_BLOCK, x.byteSize());
            assertEquals(0, x.address() % 64, "starts at a cache line");
            places.add(x.address());
        }
        assertEquals(2, places.size(), "places");
    }
}
