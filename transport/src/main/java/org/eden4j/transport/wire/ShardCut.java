package org.eden4j.transport.wire;

import java.util.Arrays;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;

/**
 * Where a job's vector is cut into shards: a pure function of its layout, the MTU and the number of shards, so that all members
 * know it.
 *
 * <pre>
 * cuts       coordinates where a block of updates begins, and one of means; not within a part's last 128
 * shard k    from the first cut with at least k/S of all bytes, updates and means together, before it
 * </pre>
 *
 * <p>Where too few cuts follow or precede, shards take the next ones, so that each has a block. Blocks are those of the whole
 * vector, and keep their numbers: a mean does not depend, to the last bit, on how many shards it is made in. Takes time and
 * memory of the order of the blocks while it is computed. Immutable.
 */
final class ShardCut {
    /** By shard, and at the end: its first block in either direction. */
    private final int[] up;
    private final int[] down;

    private ShardCut(int[] up, int[] down) {
        this.up = up;
        this.down = down;
    }

    /**
     * Cuts a vector.
     *
     * @param layout of updates
     * @param up how it travels, and {@code down} how its means do
     * @throws IllegalArgumentException if it has fewer cuts than shards
     */
    static ShardCut of(UpdateLayout layout, FrameLayout up, FrameLayout down, int shards) {
        Candidates candidates = new Candidates(layout, up, down);
        if (candidates.count < shards) {
            throw new IllegalArgumentException("a vector of " + layout.dimension() + " coordinates can be cut into "
                    + candidates.count + " shards at MTU " + up.mtu() + ", not into " + shards
                    + ": take fewer shards (a cut lies where blocks of updates and of means begin)");
        }
        int[] firstUp = new int[shards + 1];
        int[] firstDown = new int[shards + 1];
        int cut = 0;
        for (int shard = 1; shard < shards; shard++) {
            cut = Math.clamp(candidates.from(shard, shards), cut + 1, candidates.count - (shards - shard));
            firstUp[shard] = candidates.up[cut];
            firstDown[shard] = candidates.down[cut];
        }
        firstUp[shards] = up.blocks().blockCount();
        firstDown[shards] = down.blocks().blockCount();
        return new ShardCut(firstUp, firstDown);
    }

    /** A shard's slice of updates, of which {@code whole} are the frames. */
    FrameLayout up(FrameLayout whole, int shard) {
        return whole.slice(up[shard], up[shard + 1]);
    }

    /** A shard's slice of means, of which {@code whole} are the frames. */
    FrameLayout down(FrameLayout whole, int shard) {
        return whole.slice(down[shard], down[shard + 1]);
    }

    /** Where a vector can be cut, the first at its begin. */
    private static final class Candidates {
        private final int[] up;
        private final int[] down;
        /** Bytes of both directions before it. */
        private final long[] bytes;
        private final long allBytes;
        private int count;

        Candidates(UpdateLayout layout, FrameLayout upFrames, FrameLayout downFrames) {
            UpdateBlocks updates = upFrames.blocks();
            UpdateBlocks means = downFrames.blocks();
            int most = Math.min(updates.blockCount(), means.blockCount());
            up = new int[most];
            down = new int[most];
            bytes = new long[most];
            long before = 0;
            int mean = 0;
            for (int update = 0; update < updates.blockCount(); update++) {
                int first = updates.offset(update);
                while (mean < means.blockCount() && means.offset(mean) < first) {
                    before += downFrames.maxBlockBytes(mean++);
                }
                if (mean < means.blockCount() && means.offset(mean) == first && mayCut(layout.partAt(first), first)) {
                    up[count] = update;
                    down[count] = mean;
                    bytes[count++] = before;
                }
                before += upFrames.maxBlockBytes(update);
            }
            allBytes = upFrames.maxPayloadBytes() + downFrames.maxPayloadBytes();
        }

        /** What is left of a part must not be so short that it would travel by another method. */
        private static boolean mayCut(Part part, int first) {
            return first == part.first() || part.end() - first >= BlockLayout.SMALLEST_BLOCK;
        }

        /** The first cut with at least a shard's share of the bytes before it. */
        int from(int shard, int shards) {
            long share = (long) ((double) allBytes / shards * shard);
            int found = Arrays.binarySearch(bytes, 0, count, share);
            return found >= 0 ? found : -found - 1;
        }
    }
}
