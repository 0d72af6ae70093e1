package org.eden4j.transport.wire;

import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Part;

/**
 * The positions at which a job's vector is cut into shards: a pure function of its layout, the MTU and the number of
 * shards, so that all members know it.
 *
 * <pre>
 * cuts       coordinates where a block of updates begins, and one of means, in every phase; not within a part's last 128
 * shard k    from the first cut with at least k/S of all bytes, updates and means of all phases together, before it
 * </pre>
 *
 * <p>If too few cuts precede or follow, shards take the next ones, so that each has a block. Blocks are those of the
 * whole vector and keep their numbers: a mean does not depend, to the last bit, on the number of shards. Computing the
 * cuts takes time and memory proportional to the number of blocks. Immutable.
 */
final class ShardCut {
    /** By direction and phase, and then by shard: the first block, followed by the block count. */
    private final int[][] first;

    private ShardCut(int[][] first) {
        this.first = first;
    }

    /**
     * Cuts a vector.
     *
     * @param layout the layout of updates
     * @param frames the frames of the whole vector, in each direction and phase
     * @throws IllegalArgumentException if the vector has fewer cuts than shards
     */
    static ShardCut of(UpdateLayout layout, List<FrameLayout> frames, int shards) {
        Candidates candidates = new Candidates(layout, frames);
        if (candidates.count < shards) {
            throw new IllegalArgumentException("a vector of " + layout.dimension() + " coordinates can be cut into "
                    + candidates.count + " shards at MTU " + frames.getFirst().mtu() + ", not into " + shards
                    + ": take fewer shards (a cut lies where blocks of updates and of means begin)");
        }
        int[][] first = new int[frames.size()][shards + 1];
        int cut = 0;
        for (int shard = 1; shard < shards; shard++) {
            cut = Math.clamp(candidates.from(shard, shards), cut + 1, candidates.count - (shards - shard));
            for (int which = 0; which < first.length; which++) {
                first[which][shard] = candidates.blocks[which][cut];
            }
        }
        for (int which = 0; which < first.length; which++) {
            first[which][shards] = frames.get(which).blocks().blockCount();
        }
        return new ShardCut(first);
    }

    /**
     * Returns a shard's slice.
     *
     * @param which the index of {@code whole} among the frames passed to {@code of}
     * @param whole the frames to slice
     */
    FrameLayout slice(int which, FrameLayout whole, int shard) {
        return whole.slice(first[which][shard], first[which][shard + 1]);
    }

    /** The possible cuts of a vector; the first is at its beginning. */
    private static final class Candidates {
        /** By direction and phase, and then by cut: the block that begins there. */
        private final int[][] blocks;
        /** Bytes of all frames before each cut. */
        private final long[] bytes;
        private final long allBytes;
        private int count;

        Candidates(UpdateLayout layout, List<FrameLayout> frames) {
            UpdateBlocks leading = frames.getFirst().blocks();
            blocks = new int[frames.size()][leading.blockCount()];
            bytes = new long[leading.blockCount()];
            int[] next = new int[frames.size()];
            long before = 0;
            for (int block = 0; block < leading.blockCount(); block++) {
                int first = leading.offset(block);
                boolean all = true;
                next[0] = block;
                for (int which = 1; which < next.length; which++) {
                    UpdateBlocks others = frames.get(which).blocks();
                    while (next[which] < others.blockCount() && others.offset(next[which]) < first) {
                        before += frames.get(which).maxBlockBytes(next[which]++);
                    }
                    all &= next[which] < others.blockCount() && others.offset(next[which]) == first;
                }
                if (all && mayCut(layout.partAt(first), first)) {
                    for (int which = 0; which < next.length; which++) {
                        blocks[which][count] = next[which];
                    }
                    bytes[count++] = before;
                }
                before += frames.getFirst().maxBlockBytes(block);
            }
            allBytes = frames.stream().mapToLong(FrameLayout::maxPayloadBytes).sum();
        }

        /** Returns whether a part may be cut here: the rest must not be so short that its method changes. */
        private static boolean mayCut(Part part, int first) {
            return first == part.first() || part.end() - first >= BlockLayout.SMALLEST_BLOCK;
        }

        /** Returns the first cut with at least a shard's share of the bytes before it. */
        int from(int shard, int shards) {
            long share = (long) ((double) allBytes / shards * shard);
            int found = Arrays.binarySearch(bytes, 0, count, share);
            return found >= 0 ? found : -found - 1;
        }
    }
}
