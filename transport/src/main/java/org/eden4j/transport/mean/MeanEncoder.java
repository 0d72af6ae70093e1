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
 * The sum of the open round, block by block, and what is made of it: a block's mean, encoded into a {@link MeanStore} as
 * soon as all Update frames that a Mean frame overlaps are added.
 *
 * <pre>
 * mean of a block = (sum over contributors, in worker order, of weight * decoded) * (float) (1 / sum of those weights)
 * </pre>
 *
 * <p>Sums are float32. Of n contributors with weights w_k the mean of a coordinate is off by at most g sum |w_k x_k| / sum w_k with
 * g = (n + 4) u / (1 - (n + 4) u) and u = 2^-24, see {@link BlockCodec#accumulate}: 6e-4 of it for
 * 10,000 equal updates, of which 1.4e-4 were measured, and in no job
 * more than .4 %, since there are at most 65,534 workers. It is the smaller part of the error as long as the expected error of an
 * update is above n^3 2^-48: methods of up to 8 bits are for n below 2,000, those of up to 4 bits for n below 14,000.
 *
 * <p>Where both directions have the same blocks, a frame that is there as a whole is added and encoded in a sum of one
 * block, which stays in the nearest cache. Weights are summed by block, see {@link BlockWeights}. Memory: 4 bytes per
 * coordinate. Not thread-safe.
 */
final class MeanEncoder {
    private final FrameLayout up;
    private final FrameLayout down;
    private final int workers;
    private final long jobSeed;
    private final Arena arena;
    /** Of updates. */
    private final UpdateBlocks blocks;
    private final UpdateBlocks.Codecs decoders;
    private final UpdateBlocks.Codecs encoders;
    private final MemorySegment sum;
    /** For blocks whose contributions are all there. */
    private final MemorySegment blockSum;
    private final BlockWeights blockWeights;
    /** By block of an update. */
    private final ExpectedMeanError[] expectedError;
    /** Set once a mean went beyond float32: then each contribution is looked at before it is added. */
    private RangeCheck range;
    /** Where each block of the mean is encoded to, where both directions have the same blocks; null otherwise. */
    private final long[] blockOffset;
    /** By downlink frame: uplink frames it overlaps that are not done. */
    private final int[] awaited;
    /** Scratch. */
    private final float[] run = new float[1024];

    private MeanStore store;
    private long round;
    /** Spent on frames of the mean that are not complete yet. */
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

    /** Starts a round whose mean goes to {@code target}. */
    void open(long newRound, MeanStore target) {
        round = newRound;
        store = target;
        encodingNs = 0;
        blockWeights.clear();
        for (int frame = 0; frame < awaited.length; frame++) {
            awaited[frame] = up.frameOf(down.end(frame) - 1) - up.frameOf(down.first(frame)) + 1;
        }
    }

    /** Forgets what was added to the open round. */
    void clear() {
        sum.fill((byte) 0);
        blockSum.fill((byte) 0);
    }

    /** Whether the mean is complete. */
    boolean isComplete() {
        return store.readyCount() == down.frameCount();
    }

    /** Whether a frame that is there as a whole is added and encoded at once, one block after the other. */
    boolean isDirect() {
        return blockOffset != null;
    }

    /**
     * Looks at each contribution from now on, before it is added: a mean cannot be computed or sent.
     *
     * @return false if that was already done, so that it is of no help
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
     * Why a frame, whose payload lies at an address, cannot be added; null if it can. A single block that no encoder made
     * leaves nothing behind when it is added: that is told by {@link #add} where nothing else is looked at.
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
     * @param direct whether to the sum of one block, because all contributions to it are there
     * @return whether an encoder has made it; otherwise the sum is as it was
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

    /** Makes a block's sum its mean, and encodes that where it is a block of the other direction, too. */
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

    /** Encodes a block of the mean to its place in a frame; the bytes that it takes there. */
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

    /** A frame is added: frames of the mean that waited for this one last are complete. */
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

    /** Brings the blocks of a frame, each encoded to a place of its largest length, together; the frame's bytes. */
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
