package org.eden4j.transport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardCutTest {
    private static final Method DOWN = Method.parse("eden:bits=8");

    private static JobTerms terms(UpdateLayout layout, Method method, int mtu, Shard shard) {
        return new JobTerms(2, method, DOWN, 0, mtu, 1, 1, 1, 1, 1, 1, false, false).withShard(shard)
            .withLayout(layout);
    }

    private static List<JobTerms> cut(UpdateLayout layout, Method method, int mtu, int shards) {
        List<JobTerms> all = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            all.add(terms(layout, method, mtu, new Shard(shard, shards)));
        }
        return all;
    }

    /** Asserts that slices are consecutive and have the blocks of the whole vector, with their numbers there. */
    private static void assertCovers(FrameLayout whole, List<FrameLayout> slices) {
        UpdateBlocks blocks = whole.blocks();
        int coordinate = 0;
        int number = 0;
        for (FrameLayout slice : slices) {
            assertEquals(coordinate, slice.firstCoordinate());
            assertEquals(whole.wireId(), slice.wireId());
            for (int block = 0; block < slice.blocks().blockCount(); block++) {
                assertEquals(number, slice.number(block));
                assertEquals(blocks.offset(number), coordinate + slice.blocks().offset(block));
                assertEquals(blocks.length(number), slice.blocks().length(block));
                assertEquals(blocks.paddedLength(number), slice.blocks().paddedLength(block));
                assertEquals(blocks.method(number), slice.blocks().method(block));
                number++;
            }
            coordinate += slice.dimension();
        }
        assertEquals(whole.dimension(), coordinate);
        assertEquals(blocks.blockCount(), number);
    }

    @ParameterizedTest
    @CsvSource({"eden:bits=4, 1000003, 65504", "eden:bits=1, 1000003, 1408", "none, 1000003, 1408",
            "float16, 700001, 1408", "none, 100000, 65504", "quicfl:bits=4, 300000, 1408",
            "topk:fraction=0.01, 300000, 1024", "eden:bits=4, 16389, 65504"})
    void shouldCutBlocksOfBothDirectionsAlike(String text, int dimension, int mtu) {
        Method method = Method.parse(text);
        UpdateLayout layout = UpdateLayout.whole(dimension, method);
        JobTerms whole = terms(layout, method, mtu, Shard.WHOLE);
        for (int shards = 2; shards <= 4; shards++) {
            List<JobTerms> slices = cut(layout, method, mtu, shards);
            assertCovers(whole.up(), slices.stream().map(JobTerms::up).toList());
            assertCovers(whole.down(), slices.stream().map(JobTerms::down).toList());
            for (JobTerms slice : slices) {
                assertEquals(slice.up().firstCoordinate(), slice.down().firstCoordinate());
                assertEquals(slice.up().dimension(), slice.down().dimension());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7, 16})
    void shouldGiveEachShardItsShareOfTheBytes(int shards) {
        Method method = Method.parse("eden:bits=4");
        int dimension = 10_000_000;
        long block = FrameLayout.of(method, dimension, 1408).blocks().length(0) * 2L;
        long share = 0;
        for (JobTerms slice : cut(UpdateLayout.whole(dimension, method), method, 1408, shards)) {
            long bytes = slice.up().maxPayloadBytes() + slice.down().maxPayloadBytes();
            share = share == 0 ? bytes : share;
            assertTrue(Math.abs(bytes - share) <= block, bytes + " beside " + share);
        }
    }

    @Test
    void shouldCutAnyPartsIntoTheBlocksOfTheWhole() {
        int cuts = 0;
        for (int seed = 0; seed < 200; seed++) {
            UpdateLayout layout = RandomLayouts.of(seed);
            Method method = Method.parse("eden:bits=4");
            int mtu = seed % 2 == 0 ? 1024 : 65504;
            for (int shards = 2; shards <= 5; shards++) {
                try {
                    List<JobTerms> slices = cut(layout, method, mtu, shards);
                    JobTerms whole = terms(layout, method, mtu, Shard.WHOLE);
                    assertCovers(whole.up(), slices.stream().map(JobTerms::up).toList());
                    assertCovers(whole.down(), slices.stream().map(JobTerms::down).toList());
                    cuts++;
                } catch (IllegalArgumentException e) {
                    assertTrue(e.getMessage().contains("take fewer shards"), e.getMessage());
                }
            }
        }
        assertTrue(cuts > 200, "only " + cuts + " of 800 could be cut");
    }

    @Test
    void shouldSayHowManyShardsAShortVectorHas() {
        Method method = Method.parse("eden:bits=4");
        UpdateLayout layout = UpdateLayout.whole(4096 + 100, method);
        assertEquals("a vector of 4196 coordinates can be cut into 1 shards at MTU 65504, not into 2: take fewer shards"
                + " (a cut lies where blocks of updates and of means begin)",
                assertThrows(IllegalArgumentException.class, () -> cut(layout, method, 65504, 2)).getMessage());
        cut(UpdateLayout.whole(4096 + 128, method), method, 65504, 2);
    }

    @Test
    void shouldReadShards() {
        assertEquals(new Shard(2, 4), Shard.parse("2/4"));
        assertEquals("2/4", new Shard(2, 4).toString());
        for (String text : List.of("", "4", "4/4", "-1/4", "0/0", "0/256", "a/b")) {
            assertThrows(IllegalArgumentException.class, () -> Shard.parse(text));
        }
    }
}
