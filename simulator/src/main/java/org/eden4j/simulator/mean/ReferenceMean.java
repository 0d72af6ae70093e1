package org.eden4j.simulator.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.simulator.input.Draws;
import org.eden4j.transport.job.Shard;
import org.eden4j.transport.wire.JobFrames;

/**
 * The mean of a round computed in one process from the draws, the seeds and the codec only. The mean received over the
 * wire must be identical to the last bit.
 */
final class ReferenceMean {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int ALIGNMENT = 64;

    private final Draws draws;
    private final boolean errorFeedback;
    private final JobFrames frames;
    private final Arena arena;
    private final float[] drawn;
    private final double[] exactSum;
    private final MemorySegment update;
    /** Blocks of the phase of the last round; null before the first round. */
    private UpdateBlocks up;
    private UpdateBlocks down;
    private Method upMethod;
    private BlockCodec upCodec;
    private BlockCodec downCodec;
    private MemorySegment sum;
    private MemorySegment mean;
    private MemorySegment payload;

    /** Residuals by worker, with error feedback. */
    private final Map<Integer, Memory> memories = new HashMap<>();

    /** A worker's residual and the codecs that use it. */
    private record Memory(ErrorFeedback feedback, Map<Method, BlockCodec> encoders) {
        BlockCodec encoder(Method method) {
            return encoders.computeIfAbsent(method, feedback::encoder);
        }
    }

    /**
     * Creates the reference.
     *
     * @param errorFeedback whether workers use error feedback
     * @param mtu the job's MTU, which determines the blocks
     * @param arena holds several vectors
     */
    ReferenceMean(Draws draws, int dimension, Method method, Method downlink, boolean errorFeedback, int mtu,
            Arena arena) {
        this.errorFeedback = errorFeedback;
        this.draws = draws;
        this.arena = arena;
        frames = JobFrames.of(UpdateLayout.whole(dimension, method), method, downlink, mtu, Shard.WHOLE);
        drawn = new float[dimension];
        exactSum = new double[dimension];
        update = arena.allocate((long) dimension * Float.BYTES, ALIGNMENT);
    }

    /** Prepares the blocks of a round. */
    private void lay(long round) {
        if (up == frames.up(round).blocks()) {
            return;
        }
        up = frames.up(round).blocks();
        down = frames.down(round).blocks();
        upMethod = up.method(0);
        upCodec = upMethod.codec();
        downCodec = down.method(0).codec();
        sum = arena.allocate((long) up.sumLength() * Float.BYTES, ALIGNMENT);
        mean = arena.allocate((long) down.sumLength() * Float.BYTES, ALIGNMENT);
        payload = arena.allocate(Math.max(largestPayload(up), largestPayload(down)), ALIGNMENT);
    }

    private static long largestPayload(UpdateBlocks layout) {
        long largest = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            largest = Math.max(largest, layout.method(block).maxPayloadBytes(layout.length(block)));
        }
        return largest;
    }

    /**
     * The energies of one round.
     *
     * @param squaredNorm the participants' mean of |x|^2
     * @param squaredNormOfMean |mean of x|^2, exact
     * @param nobody share of coordinates that nobody delivered
     */
    record Energy(double squaredNorm, double squaredNormOfMean, double nobody) {}

    /**
     * Computes the mean of a round over what was counted, see {@link #mean()}. Errors are measured against the exact
     * mean of all participants' whole vectors.
     */
    Energy compute(long round, Counted counted) {
        lay(round);
        Collection<Integer> participants = counted.participants();
        Arrays.fill(exactSum, 0);
        sum.fill((byte) 0);
        mean.fill((byte) 0);
        double squares = 0;
        for (int worker : participants) {
            draws.fill(round, worker, drawn);
            MemorySegment.copy(drawn, 0, update, FLOAT, 0, drawn.length);
            for (int i = 0; i < drawn.length; i++) {
                exactSum[i] += drawn[i];
                squares += (double) drawn[i] * drawn[i];
            }
            contribute(round, worker, counted);
        }
        for (int block = 0; block < up.blockCount(); block++) {
            divide(block, counted.count(up.offset(block)), BlockSeed.of(draws.seed(), round, 0, block));
        }
        double squareOfMean = 0;
        for (int i = 0; i < drawn.length; i++) {
            exactSum[i] /= participants.size();
            squareOfMean += exactSum[i] * exactSum[i];
        }
        for (int block = 0; block < down.blockCount(); block++) {
            BlockSeed seed = BlockSeed.of(draws.seed(), round, BlockSeed.AGGREGATOR, block);
            pass(sum, down, downCodec, block, seed, mean);
            downCodec.finish(down.length(block), seed, mean, down.offset(block));
        }
        return new Energy(squares / participants.size(), squareOfMean, counted.nobody(up));
    }

    /** Adds the counted blocks of a worker; their remainders become its residual, as they do at the worker. */
    private void contribute(long round, int worker, Counted counted) {
        Memory memory = errorFeedback ? memories.computeIfAbsent(worker, _ -> newMemory()) : null;
        BlockCodec encoder = memory == null ? upCodec : memory.encoder(upMethod);
        for (int block = 0; block < up.blockCount(); block++) {
            int first = up.offset(block);
            if (counted.has(worker, first)) {
                pass(update, up, encoder, block, BlockSeed.of(draws.seed(), round, worker, block), sum);
                if (memory != null) {
                    memory.feedback.commit(first, first + up.length(block));
                }
            }
        }
    }

    private Memory newMemory() {
        return new Memory(new ErrorFeedback(drawn.length), new HashMap<>());
    }

    /** Forgets the residual of a worker whose process was replaced. */
    void forget(int worker) {
        memories.remove(worker);
    }

    /** Divides a sum by the number of contributions; a block that nobody delivered stays zero. */
    private void divide(int block, int count, BlockSeed seed) {
        if (count == 0) {
            return;
        }
        int first = up.offset(block);
        upCodec.finish(up.length(block), seed, sum, first);
        float share = (float) (1.0 / count);
        for (int i = first; i < first + up.length(block); i++) {
            sum.setAtIndex(FLOAT, i, sum.getAtIndex(FLOAT, i) * share);
        }
    }

    private void pass(
            MemorySegment vector, UpdateBlocks layout, BlockCodec codec, int block, BlockSeed seed,
            MemorySegment target) {
        int bytes = codec.encode(vector, layout.offset(block), layout.length(block), seed, payload, 0);
        codec.accumulate(payload, 0, bytes, layout.length(block), seed, 1, target, layout.offset(block));
    }

    /** Returns the mean of the last {@link #compute}, float32. */
    MemorySegment mean() {
        return mean.asSlice(0, (long) drawn.length * Float.BYTES);
    }

    /** Returns the exact mean of the last {@link #compute}, against which errors are measured. */
    double[] exactMean() {
        return exactSum;
    }

    /** Returns |received - exact mean|^2 for the round of the last {@link #compute}. */
    double squaredError(MemorySegment received) {
        double error = 0;
        for (int i = 0; i < exactSum.length; i++) {
            double difference = received.getAtIndex(FLOAT, i) - exactSum[i];
            error += difference * difference;
        }
        return error;
    }
}
