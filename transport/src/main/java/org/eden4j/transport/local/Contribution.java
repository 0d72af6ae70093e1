package org.eden4j.transport.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.ErrorFeedback;
import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.worker.FrameEncoders;

/**
 * One member's update as frames: encoded in the member's thread, and read by the thread that ends the round. Memory: a
 * round's payloads.
 */
final class Contribution {
    private final FrameLayout layout;
    private final FrameEncoders encoders;
    private final MemorySegment payloads;
    private final int[] lengths;
    private float weight;

    /** @param feedback the residual to add when encoding; null if the compression error is dropped */
    Contribution(FrameLayout layout, ErrorFeedback feedback) {
        Arena arena = Arena.ofAuto();
        this.layout = layout;
        encoders = new FrameEncoders(layout, 1, feedback == null ? Method::codec : feedback::encoder, arena);
        payloads = NativeMemory.allocate(arena, layout.maxPayloadBytes());
        lengths = new int[layout.frameCount()];
    }

    /** Returns the layout of the frames. */
    FrameLayout layout() {
        return layout;
    }

    /**
     * Encodes an update.
     *
     * @throws org.eden4j.compressor.NonFiniteGradientException if the update cannot be encoded
     */
    void encode(MemorySegment update, float newWeight, long jobSeed, long round, int worker) {
        weight = newWeight;
        encoders.clear();
        for (int frame = 0; frame < lengths.length; frame++) {
            MemorySegment payload = encoders.payload(frame, update, jobSeed, round, worker);
            lengths[frame] = encoders.payloadBytes(frame);
            MemorySegment.copy(payload, 0, payloads, layout.payloadOffset(frame), lengths[frame]);
        }
    }

    float weight() {
        return weight;
    }

    /** Returns the address of a frame's payload. */
    long payload(int frame) {
        return payloads.address() + layout.payloadOffset(frame);
    }

    int payloadBytes(int frame) {
        return lengths[frame];
    }

    /** Returns the bytes of all frames, headers included. */
    long bytes() {
        return Arrays.stream(lengths).asLongStream().sum() + (long) lengths.length * FrameLayout.HEADER_BYTES;
    }
}
