package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.UplinkProxy;

/**
 * Sends an update frame by frame, each as soon as it is encoded and the log has space: the single owner of the
 * publication that {@link FrameEncoders} feed. Not thread-safe.
 */
final class UpdateSender {
    private final FrameLayout layout;
    private final FrameEncoders encoders;
    private MemorySegment update;
    private float weight;
    private int frame;
    /** Bytes sent since {@link #stop}, over all attempts. */
    private long sentBytes;
    private long allSentFrames;

    UpdateSender(FrameLayout layout, Function<Method, BlockCodec> codec, Arena arena) {
        this.layout = layout;
        encoders = new FrameEncoders(layout, FrameEncoders.threads(), codec, arena);
        frame = layout.frameCount();
    }

    void start(MemorySegment newUpdate, float newWeight) {
        update = newUpdate;
        weight = newWeight;
        frame = 0;
        encoders.clear();
    }

    /**
     * Sends up to {@code limit} frames.
     *
     * @return the number of frames sent
     * @throws org.eden4j.compressor.NonFiniteGradientException before any frame with the offending block is sent
     */
    int send(UplinkProxy uplink, JobTerms terms, long jobRound, int worker, int limit) {
        int sent = 0;
        while (sent < limit && frame < layout.frameCount()) {
            MemorySegment payload = encoders.payload(frame, update, terms.jobSeed(), jobRound, worker);
            int bytes = encoders.payloadBytes(frame);
            if (!uplink.update(terms.epoch(), jobRound, worker, layout.wireId(), frame, weight, payload,
                    bytes)) {
                break;
            }
            sentBytes += FrameLayout.HEADER_BYTES + bytes;
            allSentFrames++;
            frame++;
            sent++;
        }
        return sent;
    }

    /** Discards unsent frames; the round has ended. */
    void stop() {
        sentBytes = 0;
        allSentFrames = 0;
        frame = layout.frameCount();
        encoders.clear();
        update = null;
    }

    /** Returns the bytes of the round's frames, over all attempts and links. */
    long sentBytes() {
        return sentBytes;
    }

    /** Returns the number of those frames. */
    long allSentFrames() {
        return allSentFrames;
    }

    /** Returns the number of frames sent in this attempt. */
    int sentFrames() {
        return frame;
    }
}
