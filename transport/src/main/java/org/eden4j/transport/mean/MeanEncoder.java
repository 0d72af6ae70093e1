package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.job.LeftOut;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/**
 * The sum of the open round, block by block, and its encoding: a block's mean is encoded into a {@link MeanStore} as
 * soon as all Update frames that a Mean frame overlaps have been added.
 *
 * <pre>
 * mean of a block = (sum over contributors, in worker order, of weight * decoded) * (float) (1 / sum of those weights)
 * </pre>
 *
 * <p>Sums are float32. The error of the mean of a coordinate over n contributors with weights w_k is at most g sum |w_k
 * x_k| / sum w_k with g = (n + 4) u / (1 - (n + 4) u) and u = 2^-24, see {@link BlockCodec#accumulate}: 6e-4 of the
 * mean for 10,000 equal updates, of which 1.4e-4 were measured, and at most .4 % in any job, because there are at most
 * 65,534 workers. This rounding error is smaller than the compression error while the expected error of an update
 * exceeds n^3 2^-48: for methods of up to 8 bits if n is below 2,000, and of up to 4 bits if n is below 14,000.
 *
 * <p>If both directions have the same blocks, a frame that has arrived from all members is added and encoded in a sum
 * of one block, which stays in the nearest cache. Weights are summed by block, see {@link BlockWeights}. Memory: 4
 * bytes per coordinate. Not thread-safe.
 */
final class MeanEncoder {
    private final FrameLayout up;
    private final FrameLayout down;
    private final int workers;
    private final long jobSeed;
    private final Arena arena;
    /** Blocks of updates. */
    private final UpdateBlocks blocks;
    private final UpdateBlocks.Codecs decoders;
    private final UpdateBlocks.Codecs encoders;
    private final MemorySegment sum;
    /** Sum of a block whose contributions have all arrived. */
    private final MemorySegment blockSum;
    private final BlockWeights blockWeights;
    /** By block of an update. */
    private final ExpectedMeanError[] expectedError;
    /** Set once a mean exceeded float32: from then on each contribution is checked before it is added. */
    private RangeCheck range;
    /** Offset at which each block of the mean is encoded, if both directions have the same blocks; null otherwise. */
    private final long[] blockOffset;
    /** By downlink frame: number of overlapping uplink frames that are not done. */
    private final int[] awaited;
    /** Scratch. */
    private final float[] run = new float[1024];

    private MeanStore store;
    private long round;
    /** Time spent on frames of the mean that are not complete yet. */
    private long encodingNs;

    MeanEncoder(FrameLayout up, FrameLayout down, int workers, long jobSeed, Arena arena) {
        this.up = up;
        this.down = down;
        this.workers = workers;
        this.jobSeed = jobSeed;
        this.arena = arena;
        blocks = up.blocks();
        decoders = UpdateBlocks.Codecs.of(blocks);
        encoders = UpdateBlocks.Codecs.of(down.blocks());
        sum = NativeMemory.allocate(arena, (long) blocks.sumLength() * Float.BYTES);
        blockSum = NativeMemory.allocate(arena, (long) blocks.largestSum() * Float.BYTES);
        blockWeights = new BlockWeights(blocks.blockCount());
        expectedError = ExpectedMeanError.byBlock(up.blocks(), down.blocks());
        blockOffset = blocks.hasSameBlocks(down.blocks()) ? blockOffsets(down) : null;
        awaited = new int[down.frameCount()];
    }

    private static long[] blockOffsets(FrameLayout layout) {
        long[] offsets = new long[layout.blocks().blockCount()];
        for (int block = 1; block < offsets.length; block++) {
            offsets[block] = offsets[block - 1] + layout.maxBlockBytes(block - 1);
        }
        return offsets;
    }

    /** Starts a round; its mean is written to {@code target}. */
    void open(long newRound, MeanStore target) {
        round = newRound;
        store = target;
        encodingNs = 0;
        blockWeights.clear();
        for (int frame = 0; frame < awaited.length; frame++) {
            awaited[frame] = up.frameOf(down.end(frame) - 1) - up.frameOf(down.first(frame)) + 1;
        }
    }

    /** Discards everything added to the open round. */
    void clear() {
        sum.fill((byte) 0);
        blockSum.fill((byte) 0);
    }

    /** Returns whether the mean is complete. */
    boolean isComplete() {
        return store.readyCount() == down.frameCount();
    }

    /** Returns whether a frame that has arrived from all members is added and encoded at once, block by block. */
    boolean isDirect() {
        return blockOffset != null;
    }

    /**
     * Checks each contribution before it is added from now on, after a mean could not be computed or sent.
     *
     * @return false if checks were already on, so that they do not help
     */
    boolean beCareful() {
        if (range != null) {
            return false;
        }
        range = new RangeCheck(blocks, down.blocks(), workers, arena);
        blockWeights.tighten();
        return true;
    }

    /**
     * Returns the reason why a frame, given the address of its payload, cannot be added; null if it can. A single
     * malformed block leaves the sum unchanged, which {@link #add} reports, so without other checks it is not detected
     * here.
     */
    LeftOut.Reason flaw(int worker, int frame, long payload) {
        if (range == null && up.endBlock(frame) - up.firstBlock(frame) == 1) {
            return null;
        }
        try {
            check(worker, frame, payload);
            return range == null || isInRange(worker, frame, payload) ? null : LeftOut.Reason.BEYOND_RANGE;
        } catch (MalformedPayloadException e) {
            return LeftOut.Reason.MALFORMED;
        }
    }

    private void check(int worker, int frame, long payload) {
        long position = payload;
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            int bytes = up.payloadBytes(block, NativeMemory.ALL, position);
            position += up.lengthBytes(block);
            decoders.of(block).check(NativeMemory.ALL, position, bytes, blocks.length(block), seed(worker, block));
            position += bytes;
        }
    }

    private boolean isInRange(int worker, int frame, long payload) {
        long position = payload;
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            int bytes = up.payloadBytes(block, NativeMemory.ALL, position);
            position += up.lengthBytes(block);
            if (!range.isInRange(block, position, bytes, seed(worker, block))) {
                return false;
            }
            position += bytes;
        }
        return true;
    }

    private BlockSeed seed(int worker, int block) {
        return BlockSeed.of(jobSeed, round, worker, up.number(block));
    }

    /**
     * Adds one block of an update.
     *
     * @param direct whether to add to the sum of one block, because all contributions to it have arrived
     * @return whether an encoder can have produced the block; otherwise the sum is unchanged
     */
    boolean add(int worker, int block, MemorySegment payloads, long offset, int bytes, float weight, boolean direct) {
        MemorySegment target = target(direct);
        long first = first(block, direct);
        float shrink = blockWeights.fit(block, weight);
        if (shrink != 1) {
            NativeMemory.scale(target, first, first + blocks.paddedLength(block), shrink, run);
        }
        float scaled = blockWeights.scaled(block, weight);
        try {
            decoders.of(block)
                .accumulate(payloads, offset, bytes, blocks.length(block), seed(worker, block), scaled, target, first);
            blockWeights.add(block, scaled);
            return true;
        } catch (MalformedPayloadException e) {
            return false;
        }
    }

    private MemorySegment target(boolean direct) {
        return direct ? blockSum : sum;
    }

    private long first(int block, boolean direct) {
        return direct ? 0 : blocks.sumOffset(block);
    }

    /** Divides a block's sum, and encodes the mean if the other direction has the same block. */
    void average(int block, boolean direct) {
        MemorySegment target = target(direct);
        long first = first(block, direct);
        int length = blocks.length(block);
        if (blockWeights.isPositive(block)) {
            decoders.of(block).finish(length, seed(0, block), target, first);
            NativeMemory.scale(target, first, first + length, blockWeights.inverse(block), run);
        }
        if (blockOffset != null) {
            long startNs = System.nanoTime();
            encode(block, target, first, blockOffset[block]);
            NativeMemory.zero(target, first, first + length);
            encodingNs += System.nanoTime() - startNs;
        } else if (first != blocks.offset(block)) {
            blocks.settle(block, sum);
            NativeMemory.zero(sum, first, first + length);
        }
    }

    /** Encodes a block of the mean into its place in a frame; returns its length in bytes. */
    private int encode(int block, MemorySegment mean, long first, long position) {
        BlockCodec encoder = encoders.of(block);
        int lengthBytes = down.lengthBytes(block);
        BlockSeed seed = BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, down.number(block));
        try {
            int bytes = encoder.encode(mean, first, down.blocks().length(block), seed, store.payloads(),
                    position + lengthBytes);
            down.putPayloadBytes(block, bytes, store.payloads(), position);
            return lengthBytes + bytes;
        } catch (NonFiniteGradientException e) {
            throw e.moved(first, (long) down.firstCoordinate() + down.blocks().offset(block));
        }
    }

    /** Marks a frame as added, and completes the frames of the mean that waited only for it. */
    void answer(int frame) {
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            if (blockWeights.isPositive(block)) {
                store.expect(expectedError[block].most(blockWeights.largestShare(block)));
            }
        }
        int last = down.frameOf(up.end(frame) - 1);
        for (int answer = down.frameOf(up.first(frame)); answer <= last; answer++) {
            if (--awaited[answer] == 0) {
                int bytes = blockOffset == null ? encode(answer) : joined(answer);
                store.add(answer, bytes, blockWeights.total(up.firstBlock(up.frameOf(down.first(answer)))), encodingNs);
                encodingNs = 0;
            }
        }
    }

    private int encode(int frame) {
        long startNs = System.nanoTime();
        UpdateBlocks means = down.blocks();
        long position = down.payloadOffset(frame);
        for (int block = down.firstBlock(frame); block < down.endBlock(frame); block++) {
            int first = means.offset(block);
            position += encode(block, sum, first, position);
            NativeMemory.zero(sum, first, first + means.length(block));
        }
        encodingNs += System.nanoTime() - startNs;
        return (int) (position - down.payloadOffset(frame));
    }

    /**
     * Moves the blocks of a frame, each encoded at an offset for its largest length, together; returns the frame's
     * length in bytes.
     */
    private int joined(int frame) {
        if (!down.varies()) {
            return down.maxPayloadBytes(frame);
        }
        MemorySegment payloads = store.payloads();
        long position = down.payloadOffset(frame);
        for (int block = down.firstBlock(frame); block < down.endBlock(frame); block++) {
            int bytes = down.lengthBytes(block) + down.payloadBytes(block, payloads, blockOffset[block]);
            MemorySegment.copy(payloads, blockOffset[block], payloads, position, bytes);
            position += bytes;
        }
        return (int) (position - down.payloadOffset(frame));
    }
}
