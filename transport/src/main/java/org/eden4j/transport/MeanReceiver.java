package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeeds;

/** Decodes the frames of one mean as they come. Not thread-safe. */
final class MeanReceiver {
    private final FrameLayout layout;
    private final BlockCodec codec;
    private final BitSet received;
    private int count;
    private long receivedBytes;

    MeanReceiver(FrameLayout layout) {
        this.layout = layout;
        codec = BlockCodec.of(layout.method());
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
        NativeMemory.zero(mean, layout.first(frame), layout.end(frame));
        long position = payload;
        for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
            int length = blocks.length(block);
            int bytes = codec.payloadBytes(length);
            codec.accumulate(NativeMemory.ALL, position, bytes, length,
                    BlockSeeds.of(jobSeed, round, BlockSeeds.AGGREGATOR, block), 1, mean, blocks.offset(block));
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
