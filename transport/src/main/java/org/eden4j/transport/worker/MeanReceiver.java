package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;

/**
 * Decodes the frames of one mean as they arrive: in place if the mean is off the heap and the block needs no padding,
 * and otherwise through a buffer of one block. Kernels used with both kinds of memory would be slow for both. Absent
 * coordinates of the mean are left unchanged. Not thread-safe.
 */
public final class MeanReceiver {
    private final FrameLayout layout;
    private final UpdateBlocks blocks;
    private final UpdateBlocks.Codecs codecs;
    private final MemorySegment decoded;
    private final BitSet received;
    private int count;
    /** Bytes received since {@link #startRound}, over all attempts. */
    private long receivedBytes;
    private long allReceived;

    public MeanReceiver(FrameLayout layout, Arena arena) {
        this.layout = layout;
        blocks = layout.blocks();
        codecs = UpdateBlocks.Codecs.of(blocks);
        decoded = NativeMemory.allocate(arena, (long) blocks.largestSum() * Float.BYTES);
        received = new BitSet(layout.frameCount());
    }

    /** Starts a mean, or that of another attempt. */
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

    /** Returns whether this is a frame of the layout that has not arrived before. */
    boolean isNew(long frame, int method, long payload, int payloadLength) {
        return frame < layout.frameCount() && method == layout.wireId()
                && layout.fits((int) frame, NativeMemory.ALL, payload, payloadLength) && !received.get((int) frame);
    }

    /**
     * Decodes one frame into its place.
     *
     * @param payload the address of a payload that {@link FrameLayout#fits} has accepted
     * @throws org.eden4j.compressor.MalformedPayloadException if no encoder produces the payload
     */
    public void accept(int frame, long payload, int payloadLength, long jobSeed, long round, MemorySegment mean) {
        long position = payload;
        for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
            int length = blocks.length(block);
            int bytes = layout.payloadBytes(block, NativeMemory.ALL, position);
            position += layout.lengthBytes(block);
            BlockSeed seed = BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, layout.number(block));
            if (mean.isNative() && blocks.paddedLength(block) == length) {
                decode(block, position, bytes, length, seed, mean, blocks.offset(block));
            } else {
                decode(block, position, bytes, length, seed, decoded, 0);
                MemorySegment.copy(decoded, 0, mean, (long) blocks.offset(block) * Float.BYTES,
                        (long) length * Float.BYTES);
            }
            position += bytes;
        }
        received.set(frame);
        count++;
        allReceived++;
        receivedBytes += FrameLayout.HEADER_BYTES + payloadLength;
    }

    private void decode(
            int block, long payload, int bytes, int length, BlockSeed seed, MemorySegment target, long first) {
        BlockCodec codec = codecs.of(block);
        NativeMemory.zero(target, first, first + blocks.paddedLength(block));
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

    /** Returns the bytes of the round's frames, over all attempts. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Returns the number of those frames. */
    long allReceived() {
        return allReceived;
    }
}
