package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;

/** The mean that a round must give, computed in one process, block by block, straight from its definition. */
final class Reference {
    private final FrameLayout up;
    private final FrameLayout down;
    private final long jobSeed;

    Reference(Method method, Method downlink, int dimension, int mtu, long jobSeed) {
        up = FrameLayout.of(method, dimension, mtu);
        down = FrameLayout.of(downlink, dimension, mtu);
        this.jobSeed = jobSeed;
    }

    /** One contribution. */
    record Contribution(int worker, float[] update, float weight) {}

    float[] mean(long round, List<Contribution> contributions) {
        float[] sum = new float[up.blocks().sumLength()];
        double weights = 0;
        for (Contribution contribution : contributions) {
            add(up, contribution.update(), contribution.worker(), round, contribution.weight(), sum);
            weights += contribution.weight();
        }
        finish(up, round, 0, sum);
        if (weights > 0) {
            float factor = (float) (1 / weights);
            for (int i = 0; i < sum.length; i++) {
                sum[i] *= factor;
            }
        }
        float[] mean = new float[down.blocks().sumLength()];
        add(down, sum, BlockSeed.AGGREGATOR, round, 1, mean);
        finish(down, round, BlockSeed.AGGREGATOR, mean);
        return Arrays.copyOf(mean, down.dimension());
    }

    private void add(FrameLayout layout, float[] vector, int worker, long round, float weight, float[] sum) {
        BlockLayout blocks = layout.blocks();
        BlockCodec codec = BlockCodec.of(layout.method());
        for (int block = 0; block < blocks.blockCount(); block++) {
            int first = blocks.offset(block);
            int length = blocks.length(block);
            BlockSeed seed = BlockSeed.of(jobSeed, round, worker, block);
            byte[] payload = new byte[codec.payloadBytes(length)];
            codec.encode(MemorySegment.ofArray(vector), first, length, seed, MemorySegment.ofArray(payload), 0);
            codec.accumulate(MemorySegment.ofArray(payload), 0, payload.length, length, seed, weight,
                    MemorySegment.ofArray(sum), first);
        }
    }

    private void finish(FrameLayout layout, long round, int worker, float[] sum) {
        BlockCodec codec = BlockCodec.of(layout.method());
        for (int block = 0; block < layout.blocks().blockCount(); block++) {
            codec.finish(layout.blocks().length(block), BlockSeed.of(jobSeed, round, worker, block),
                    MemorySegment.ofArray(sum), layout.blocks().offset(block));
        }
    }
}
