package org.eden4j.simulator.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.input.Draws;
import org.eden4j.transport.CoordinateRange;
import org.eden4j.transport.FrameLayout;

/**
 * The mean of a round computed in one process, from nothing but the draws, the seeds and the codec: what must have come over the
 * wire, to the last bit.
 */
final class ReferenceMean {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int ALIGNMENT = 64;

    private final Draws draws;
    private final BlockLayout up;
    private final BlockLayout down;
    private final BlockCodec upCodec;
    private final BlockCodec downCodec;
    private final float[] drawn;
    private final double[] exactSum;
    private final int[] blockCounts;
    private final MemorySegment update;
    private final MemorySegment sum;
    private final MemorySegment mean;
    private final MemorySegment payload;

    /**
     * @param mtu the job's MTU, on which the blocks depend
     * @param arena holds a few vectors
     */
    ReferenceMean(Draws draws, int dimension, Method method, Method downlink, int mtu, Arena arena) {
        this.draws = draws;
        FrameLayout upFrames = FrameLayout.of(method, dimension, mtu);
        FrameLayout downFrames = FrameLayout.of(downlink, dimension, mtu);
        up = upFrames.blocks();
        down = downFrames.blocks();
        upCodec = BlockCodec.of(upFrames.method());
        downCodec = BlockCodec.of(downFrames.method());
        drawn = new float[dimension];
        exactSum = new double[dimension];
        blockCounts = new int[up.blockCount()];
        update = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
        sum = arena.allocate((long) up.sumLength() * Float.BYTES, ALIGNMENT);
        mean = arena.allocate((long) down.sumLength() * Float.BYTES, ALIGNMENT);
        payload = arena.allocate(Math.max(largestPayload(up, upCodec), largestPayload(down, downCodec)), ALIGNMENT);
    }

    private static long largestPayload(BlockLayout layout, BlockCodec codec) {
        long largest = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            largest = Math.max(largest, codec.payloadBytes(layout.length(block)));
        }
        return largest;
    }

    /**
     * What one round amounts to.
     *
     * @param squaredNorm the contributors' mean of |x|^2
     * @param squaredNormOfMean |mean of x|^2, exact
     */
    record Energy(double squaredNorm, double squaredNormOfMean) {}

    /**
     * Computes a round's mean over these workers, see {@link #mean()}.
     *
     * @param contributors whose whole vector was counted
     * @param partial what was counted of others' vectors: ranges that consist of whole blocks
     */
    Energy compute(long round, List<Integer> contributors, Map<Integer, List<CoordinateRange>> partial) {
        Arrays.fill(exactSum, 0);
        Arrays.fill(blockCounts, 0);
        sum.fill((byte) 0);
        mean.fill((byte) 0);
        double squares = 0;
        SortedSet<Integer> all = new TreeSet<>(partial.keySet());
        all.addAll(contributors);
        for (int worker : all) {
            draws.fill(round, worker, drawn);
            MemorySegment.copy(drawn, 0, update, FLOAT, 0, drawn.length);
            boolean whole = contributors.contains(worker);
            for (int i = 0; whole && i < drawn.length; i++) {
                squares += (double) drawn[i] * drawn[i];
            }
            for (int block = 0; block < up.blockCount(); block++) {
                if (whole || contains(partial.get(worker), up.offset(block))) {
                    add(block, round, worker);
                }
            }
        }
        double squareOfMean = 0;
        for (int block = 0; block < up.blockCount(); block++) {
            squareOfMean += average(block, round);
        }
        pass(sum, down, downCodec, round, BlockSeed.AGGREGATOR, mean);
        finish(down, downCodec, round, BlockSeed.AGGREGATOR, mean);
        return new Energy(squares / contributors.size(), squareOfMean);
    }

    private static boolean contains(List<CoordinateRange> ranges, int coordinate) {
        return ranges.stream().anyMatch(range -> range.first() <= coordinate && coordinate < range.end());
    }

    private void add(int block, long round, int worker) {
        int first = up.offset(block);
        int length = up.length(block);
        BlockSeed seed = BlockSeed.of(draws.seed(), round, worker, block);
        int bytes = upCodec.encode(update, first, length, seed, payload, 0);
        upCodec.accumulate(payload, 0, bytes, length, seed, 1, sum, first);
        blockCounts[block]++;
        for (int i = first; i < Math.min(first + length, drawn.length); i++) {
            exactSum[i] += drawn[i];
        }
    }

    /** Divides one block's sums by the number of vectors in it; the squared norm of the exact mean. */
    private double average(int block, long round) {
        if (blockCounts[block] == 0) {
            return 0;
        }
        int first = up.offset(block);
        int length = up.length(block);
        upCodec.finish(length, BlockSeed.of(draws.seed(), round, 0, block), sum, first);
        float share = (float) (1.0 / blockCounts[block]);
        double squares = 0;
        for (int i = first; i < first + length; i++) {
            sum.setAtIndex(FLOAT, i, sum.getAtIndex(FLOAT, i) * share);
        }
        for (int i = first; i < Math.min(first + length, drawn.length); i++) {
            exactSum[i] /= blockCounts[block];
            squares += exactSum[i] * exactSum[i];
        }
        return squares;
    }

    private void pass(
            MemorySegment vector, BlockLayout layout, BlockCodec codec, long round, int sender, MemorySegment target) {
        for (int block = 0; block < layout.blockCount(); block++) {
            BlockSeed seed = BlockSeed.of(draws.seed(), round, sender, block);
            int first = layout.offset(block);
            int length = layout.length(block);
            int bytes = codec.encode(vector, first, length, seed, payload, 0);
            codec.accumulate(payload, 0, bytes, length, seed, 1, target, first);
        }
    }

    private void finish(BlockLayout layout, BlockCodec codec, long round, int sender, MemorySegment target) {
        for (int block = 0; block < layout.blockCount(); block++) {
            BlockSeed seed = BlockSeed.of(draws.seed(), round, sender, block);
            codec.finish(layout.length(block), seed, target, layout.offset(block));
        }
    }

    /** The mean of the last {@link #compute}, float32. */
    MemorySegment mean() {
        return mean.asSlice(0, (long) drawn.length * Float.BYTES);
    }

    /** |received - exact mean|^2 for the round of the last {@link #compute}. */
    double squaredError(MemorySegment received) {
        double error = 0;
        for (int i = 0; i < exactSum.length; i++) {
            double difference = received.getAtIndex(FLOAT, i) - exactSum[i];
            error += difference * difference;
        }
        return error;
    }
}
