package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;
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
    private final BlockCodec decoder;
    private final BlockCodec encoder;
    private final MemorySegment sum;
    /** For blocks whose contributions are all there. */
    private final MemorySegment blockSum;
    private final BlockWeights blockWeights;
    private final ExpectedMeanError expectedError;
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
        decoder = BlockCodec.of(up.method());
        encoder = BlockCodec.of(down.method());
        sum = NativeMemory.allocate(arena, (long) up.blocks().sumLength() * Float.BYTES);
        blockSum = NativeMemory.allocate(arena, (long) up.blocks().largestSum() * Float.BYTES);
        blockWeights = new BlockWeights(up.blocks().blockCount());
        expectedError = ExpectedMeanError.of(up, down);
        blockOffset = haveSameBlocks(up.blocks(), down.blocks()) ? blockOffsets(down, encoder) : null;
        awaited = new int[down.frameCount()];
    }

    private static boolean haveSameBlocks(BlockLayout up, BlockLayout down) {
        boolean same = up.blockCount() == down.blockCount();
        for (int block = 0; same && block < up.blockCount(); block++) {
            same = up.length(block) == down.length(block);
        }
        return same;
    }

    private static long[] blockOffsets(FrameLayout layout, BlockCodec codec) {
        long[] offsets = new long[layout.blocks().blockCount()];
        for (int block = 1; block < offsets.length; block++) {
            offsets[block] = offsets[block - 1] + codec.payloadBytes(layout.blocks().length(block - 1));
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

    /** Bytes of a block's payload in an update. */
    int payloadBytes(int block) {
        return decoder.payloadBytes(up.blocks().length(block));
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
        range = new RangeCheck(up, decoder, encoder, workers, arena);
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
            int bytes = payloadBytes(block);
            decoder.check(NativeMemory.ALL, position, bytes, up.blocks().length(block),
                    BlockSeed.of(jobSeed, round, worker, block));
            position += bytes;
        }
    }

    private boolean isInRange(int worker, int frame, long payload) {
        long position = payload;
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            int bytes = payloadBytes(block);
            if (!range.isInRange(position, bytes, up.blocks().length(block),
                    BlockSeed.of(jobSeed, round, worker, block))) {
                return false;
            }
            position += bytes;
        }
        return true;
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
            long end = block + 1 < up.blocks().blockCount() ? up.blocks().offset(block + 1) : up.blocks().sumLength();
            NativeMemory.scale(target, first, first + end - up.blocks().offset(block), shrink, run);
        }
        float scaled = blockWeights.scaled(block, weight);
        try {
            decoder.accumulate(payloads, offset, bytes, up.blocks().length(block),
                    BlockSeed.of(jobSeed, round, worker, block), scaled, target, first);
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
        return direct ? 0 : up.blocks().offset(block);
    }

    /** Makes a block's sum its mean, and encodes that where it is a block of the other direction, too. */
    void average(int block, boolean direct) {
        MemorySegment target = target(direct);
        long first = first(block, direct);
        try {
            finish(block, target, first);
        } catch (NonFiniteGradientException e) {
            long offset = up.blocks().offset(block);
            if (first != offset) { // again from where coordinates have their own numbers
                MemorySegment.copy(target, first * Float.BYTES, sum, offset * Float.BYTES,
                        (long) up.blocks().length(block) * Float.BYTES);
                finish(block, sum, offset);
            }
            throw e;
        }
    }

    private void finish(int block, MemorySegment target, long first) {
        int length = up.blocks().length(block);
        if (blockWeights.isPositive(block)) {
            decoder.finish(length, BlockSeed.of(jobSeed, round, 0, block), target, first);
            NativeMemory.scale(target, first, first + length, blockWeights.inverse(block), run);
        }
        if (blockOffset != null) {
            long startNs = System.nanoTime();
            encode(block, length, target, first, blockOffset[block]);
            NativeMemory.zero(target, first, first + length);
            encodingNs += System.nanoTime() - startNs;
        }
    }

    private int encode(int block, int length, MemorySegment mean, long first, long position) {
        return encoder.encode(mean, first, length, BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, block),
                store.payloads(), position);
    }

    /** A frame is added: frames of the mean that waited for this one last are complete. */
    void answer(int frame) {
        for (int block = up.firstBlock(frame); block < up.endBlock(frame); block++) {
            if (blockWeights.isPositive(block)) {
                store.expect(expectedError.most(blockWeights.largestShare(block)));
            }
        }
        int last = down.frameOf(up.end(frame) - 1);
        for (int answer = down.frameOf(up.first(frame)); answer <= last; answer++) {
            if (--awaited[answer] == 0) {
                if (blockOffset == null) {
                    encode(answer);
                }
                store.add(answer, blockWeights.total(up.firstBlock(up.frameOf(down.first(answer)))), encodingNs);
                encodingNs = 0;
            }
        }
    }

    private void encode(int frame) {
        long startNs = System.nanoTime();
        BlockLayout blocks = down.blocks();
        long position = down.payloadOffset(frame);
        for (int block = down.firstBlock(frame); block < down.endBlock(frame); block++) {
            position += encode(block, blocks.length(block), sum, blocks.offset(block), position);
        }
        NativeMemory.zero(sum, down.first(frame), down.end(frame));
        encodingNs += System.nanoTime() - startNs;
    }
}
