package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;

/** Decodes the frames of one mean as they come. Not thread-safe. */
final class MeanReceiver {
    private final FrameLayout layout;
    private final BlockCodec codec;
    private final MemorySegment decoded;
    private final BitSet received;
    private int count;
    private long receivedBytes;

    MeanReceiver(FrameLayout layout, Arena arena) {
        this.layout = layout;
        codec = BlockCodec.of(layout.method());
        decoded = NativeMemory.allocate(arena, (long) layout.blocks().largestSum() * Float.BYTES);
        received = new BitSet(layout.frameCount());
    }

    void start() {
        received.clear();
        count = 0;
        receivedBytes = 0;
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
    void accept(int frame, long payload, long jobSeed, long round, MemorySegment mean) {
        BlockLayout blocks = layout.blocks();
        long position = payload;
        for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
            int length = blocks.length(block);
            int bytes = codec.payloadBytes(length);
            BlockSeed seed = BlockSeed.of(jobSeed, round, BlockSeed.AGGREGATOR, block);
            decoded.fill((byte) 0);
            codec.accumulate(NativeMemory.ALL, position, bytes, length, seed, 1, decoded, 0);
            codec.finish(length, seed, decoded, 0);
            MemorySegment.copy(decoded, 0, mean, (long) blocks.offset(block) * Float.BYTES,
                    (long) length * Float.BYTES);
            position += bytes;
        }
        received.set(frame);
        count++;
        receivedBytes += FrameLayout.HEADER_BYTES + layout.payloadBytes(frame);
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

    long receivedBytes() {
        return receivedBytes;
    }
}
