package org.eden4j.compressor.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockMaskTest {
    private static final int TRIALS = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100, 127, 128, 1000, 4096, 65_536, 1 << 24})
    void shouldVisitEveryCoordinateOnce(int size) {
        for (long seed : new long[]{0, 1, -7}) {
            BlockMask mask = new BlockMask().reset(seed, size);
            BitSet visited = new BitSet(size);
            for (int j = 0; j < size; j++) {
                visited.set(mask.coordinate(j));
            }
            assertEquals(size, visited.cardinality(), "seed " + seed);
            assertEquals(size, visited.length(), "seed " + seed);
        }
    }

    @Test
    void shouldHaveTheRoundedNumberOfMembersAndAtLeastOne() {
        assertEquals(13, BlockMask.members(.1, 128));
        assertEquals(64, BlockMask.members(.5, 128));
        assertEquals(1, BlockMask.members(.001, 128));
        assertEquals(128, BlockMask.members(.999, 128));
        assertEquals(1, BlockMask.members(1e-300, 1 << 24));
        assertEquals(1, BlockMask.members(.5, 1));
    }

    /**
     * Each coordinate belongs to the subset with probability k / d, over consecutive seeds. By chance: 3e-6, in 512
     * comparisons.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 13, 64, 127})
    void shouldIncludeEveryCoordinateEquallyOften(int members) {
        int size = 128;
        int[] included = new int[size];
        BlockMask mask = new BlockMask();
        for (int seed = 0; seed < TRIALS; seed++) {
            mask.reset(seed, size);
            for (int j = 0; j < members; j++) {
                included[mask.coordinate(j)]++;
            }
        }
        double p = (double) members / size;
        double limit = 6 * Math.sqrt(p * (1 - p) / TRIALS);
        for (int i = 0; i < size; i++) {
            assertEquals(p, (double) included[i] / TRIALS, limit, "coordinate " + i);
        }
    }

    @Test
    void shouldKeepItsOrderForASeed() {
        BlockMask mask = new BlockMask().reset(5, 1000);
        BlockMask again = new BlockMask().reset(5, 1000);
        BlockMask other = new BlockMask().reset(6, 1000);
        int different = 0;
        for (int j = 0; j < 1000; j++) {
            assertEquals(mask.coordinate(j), again.coordinate(j));
            different += mask.coordinate(j) != other.coordinate(j) ? 1 : 0;
        }
        assertTrue(different > 900, different + " of 1000 differ");
    }
}
