package org.eden4j.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.None;

/**
 * Keeps the initial model while it travels from the member that supplies it to all others. Frames are relayed as they
 * come; the source gets its own {@code ModelEnd} back last, as the sign that everybody has the model.
 */
final class ModelRelay implements AutoCloseable {
    private final FrameLayout layout;
    private final int source;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment model;
    private int received;
    private boolean ended;
    private long hash;

    ModelRelay(int dimension, int mtu, int source) {
        this.source = source;
        layout = FrameLayout.of(new None(), dimension, mtu);
        model = NativeMemory.allocate(arena, (long) dimension * Float.BYTES);
    }

    int source() {
        return source;
    }

    /** Takes the next frame; whether it is the one that was due, and of the right length. */
    boolean accept(long frame, long payload, int payloadLength) {
        if (ended || frame != received || received == layout.frameCount()
                || payloadLength != layout.payloadBytes(received)) {
            return false;
        }
        MemorySegment.copy(NativeMemory.ALL, payload, model, layout.payloadOffset(received), payloadLength);
        received++;
        return true;
    }

    /** The source has sent everything; whether what came has its hash. */
    boolean end(long sourceHash) {
        if (ended || received < layout.frameCount() || ModelHash.of(model) != sourceHash) {
            return false;
        }
        ended = true;
        hash = sourceHash;
        return true;
    }

    boolean hasEnded() {
        return ended;
    }

    long hash() {
        return hash;
    }

    int received() {
        return received;
    }

    int frameCount() {
        return layout.frameCount();
    }

    boolean send(DownlinkProxy downlink, int epoch, int frame) {
        return downlink.model(epoch, source, frame, model.address() + layout.payloadOffset(frame),
                layout.payloadBytes(frame));
    }

    @Override
    public void close() {
        arena.close();
    }
}
