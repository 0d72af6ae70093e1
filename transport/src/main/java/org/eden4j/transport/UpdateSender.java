package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;

/** Encodes an update frame by frame and sends each as soon as there is room. Not thread-safe. */
final class UpdateSender {
    private final FrameLayout layout;
    private final BlockCodec codec;
    private final MemorySegment scratch;
    private MemorySegment update;
    private float weight;
    private int frame;
    private boolean encoded;
    private long sentBytes;

    UpdateSender(FrameLayout layout, Arena arena) {
        this.layout = layout;
        codec = BlockCodec.of(layout.method());
        scratch = NativeMemory.allocate(arena, FrameLayout.LARGEST_PAYLOAD);
        frame = layout.frameCount();
    }

    void start(MemorySegment newUpdate, float newWeight) {
        update = newUpdate;
        weight = newWeight;
        frame = 0;
        encoded = false;
        sentBytes = 0;
    }

    /**
     * Sends up to {@code limit} frames.
     *
     * @return frames sent
     * @throws org.eden4j.compressor.NonFiniteGradientException before anything of the block at fault was sent
     */
    int send(UplinkProxy uplink, JobTerms terms, long jobRound, int worker, int limit) {
        int sent = 0;
        while (sent < limit && frame < layout.frameCount()) {
            if (!encoded) {
                encode(terms.jobSeed(), jobRound, worker);
            }
            int bytes = layout.payloadBytes(frame);
            if (!uplink.update(terms.epoch(), jobRound, worker, layout.method().wireId(), frame, weight, scratch,
                    bytes)) {
                break;
            }
            sentBytes += FrameLayout.HEADER_BYTES + bytes;
            encoded = false;
            frame++;
            sent++;
        }
        return sent;
    }

    private void encode(long jobSeed, long jobRound, int worker) {
        BlockLayout blocks = layout.blocks();
        long position = 0;
        for (int block = layout.firstBlock(frame); block < layout.endBlock(frame); block++) {
            position += codec.encode(update, blocks.offset(block), blocks.length(block),
                    BlockSeed.of(jobSeed, jobRound, worker, block), scratch, position);
        }
        encoded = true;
    }

    /** Forgets what was not sent. */
    void stop() {
        frame = layout.frameCount();
        update = null;
    }

    long sentBytes() {
        return sentBytes;
    }

    int sentFrames() {
        return frame;
    }
}
