package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/**
 * Decodes the frames of one mean as they come: in place where the mean lies off the heap and the block needs no padding,
 * by way of a block of its own otherwise. Kernels that see both kinds of memory would be slow for both. Not thread-safe.
 */
public final class MeanReceiver {
    private final FrameLayout layout;
    private final BlockCodec codec;
    private final MemorySegment decoded;
    private final BitSet received;
    /** Only the last block may be padded. */
    private final int unpaddedBlocks;
    private int count;
    /** Since {@link #startRound}, in all attempts. */
    private long receivedBytes;
    private long allReceived;

    public MeanReceiver(FrameLayout layout, Arena arena) {
        this.layout = layout;
        codec = BlockCodec.of(layout.method());
        decoded = NativeMemory.allocate(arena, (long) layout.blocks().largestSum() * Float.BYTES);
        received = new BitSet(layout.frameCount());
        BlockLayout blocks = layout.blocks();
        unpaddedBlocks = blocks.blockCount() - (blocks.sumLength() > blocks.dimension() ? 1 : 0);
    }

    /** Starts a mean, or the mean of another attempt. */
    public void start() {
        received.clear();
        count = 0;
    }

    /** Starts the mean of another round. */
    void startRound() {
        start();
        receivedBytes = 0;
        allReceived = 0;
    }

    /** Whether this is a frame of the layout that has not come before. */
    boolean isNew(long frame, int method, int payloadLength) {
        return frame < layout.frameCount() && method == layout.method().wireId()
                && payloadLength == layout.payloadBytes((int) frame) && !received.get((int) frame);
    }

    /**
     * Decodes one frame into its place.
     *
     * @throws org.eden4j.compressor.MalformedPayloadException if no encoder made it
     */
    public void accept(int frame, long payload, long jobSeed, long round, MemorySegment mean) {
        BlockLayout blocks = layout.blocks();
        long position = payload;
        for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
            int length = blocks.length(block);
            int bytes = codec.payloadBytes(length);
            BlockSeed seed = BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, block);
            if (mean.isNative() && block < unpaddedBlocks) {
                decode(position, bytes, length, seed, mean, blocks.offset(block));
            } else {
                decode(position, bytes, length, seed, decoded, 0);
                MemorySegment.copy(decoded, 0, mean, (long) blocks.offset(block) * Float.BYTES,
                        (long) length * Float.BYTES);
            }
            position += bytes;
        }
        received.set(frame);
        count++;
        allReceived++;
        receivedBytes += FrameLayout.HEADER_BYTES + layout.payloadBytes(frame);
    }

    private void decode(long payload, int bytes, int length, BlockSeed seed, MemorySegment target, long first) {
        NativeMemory.zero(target, first, first + length);
        codec.accumulate(NativeMemory.ALL, payload, bytes, length, seed, 1, target, first);
        codec.finish(length, seed, target, first);
    }

    boolean isComplete() {
        return count == layout.frameCount();
    }

    int count() {
        return count;
    }

    int frameCount() {
        return layout.frameCount();
    }

    /** Bytes of the round's frames, in all attempts. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** The number of those frames. */
    long allReceived() {
        return allReceived;
    }
}
