package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.wire.FrameLayout;

/** The mean that a round must give, computed in one process, block by block, directly from its definition. */
final class Reference {
    private final FrameLayout up;
    private final FrameLayout down;
    private final long jobSeed;

    Reference(Method method, Method downlink, int dimension, int mtu, long jobSeed) {
        this(UpdateLayout.whole(dimension, method), UpdateLayout.whole(dimension, downlink), mtu, jobSeed);
    }

    /** @param updates the layout of updates, and {@code means} that of means */
    Reference(UpdateLayout updates, UpdateLayout means, int mtu, long jobSeed) {
        up = FrameLayout.of(updates, mtu);
        down = FrameLayout.of(means, mtu);
        this.jobSeed = jobSeed;
    }

    /**
     * One contribution.
     *
     * @param blocks the counted blocks, null for all
     */
    record Contribution(int worker, float[] update, float weight, BitSet blocks) {
        Contribution(int worker, float[] update, float weight) {
            this(worker, update, weight, null);
        }

        boolean has(int block) {
            return blocks == null || blocks.get(block);
        }
    }

    /** Returns the mean; absent coordinates are zero. */
    float[] mean(long round, List<Contribution> contributions) {
        float[] sum = new float[up.blocks().sumLength()];
        for (Contribution contribution : contributions) {
            add(up, contribution, round, sum);
        }
        finish(up, round, 0, sum);
        for (int block = 0; block < up.blocks().blockCount(); block++) {
            divide(block, contributions, sum);
        }
        float[] mean = new float[down.blocks().sumLength()];
        add(down, new Contribution(BlockSeed.AGGREGATOR, sum, 1), round, mean);
        finish(down, round, BlockSeed.AGGREGATOR, mean);
        return Arrays.copyOf(mean, down.dimension());
    }

    private void divide(int block, List<Contribution> contributions, float[] sum) {
        double weights = 0;
        for (Contribution contribution : contributions) {
            weights += contribution.has(block) ? contribution.weight() : 0;
        }
        if (weights > 0) {
            float factor = (float) (1 / weights);
            int first = up.blocks().offset(block);
            for (int i = first; i < first + up.blocks().length(block); i++) {
                sum[i] *= factor;
            }
        }
    }

    private void add(FrameLayout layout, Contribution contribution, long round, float[] sum) {
        UpdateBlocks blocks = layout.blocks();
        UpdateBlocks.Codecs codecs = UpdateBlocks.Codecs.of(blocks);
        for (int block = 0; block < blocks.blockCount(); block++) {
            if (!contribution.has(block)) {
                continue;
            }
            int first = blocks.offset(block);
            int length = blocks.length(block);
            BlockSeed seed = BlockSeed.of(jobSeed, round, contribution.worker(), block);
            byte[] payload = new byte[blocks.method(block).maxPayloadBytes(length)];
            int bytes = codecs.of(block)
                .encode(MemorySegment.ofArray(contribution.update()), first, length, seed,
                        MemorySegment.ofArray(payload), 0);
            codecs.of(block)
                .accumulate(MemorySegment.ofArray(payload), 0, bytes, length, seed, contribution.weight(),
                        MemorySegment.ofArray(sum), blocks.sumOffset(block));
        }
    }

    private void finish(FrameLayout layout, long round, int worker, float[] sum) {
        UpdateBlocks blocks = layout.blocks();
        UpdateBlocks.Codecs codecs = UpdateBlocks.Codecs.of(blocks);
        for (int block = 0; block < blocks.blockCount(); block++) {
            codecs.of(block)
                .finish(blocks.length(block), BlockSeed.of(jobSeed, round, worker, block),
                        MemorySegment.ofArray(sum), blocks.sumOffset(block));
            blocks.settle(block, MemorySegment.ofArray(sum));
        }
    }
}
