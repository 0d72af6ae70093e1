package org.eden4j.transport;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.None;
import org.eden4j.transport.sbe.ModelDecoder;

/** One member's part in sharing the initial model: sends it, or receives it in place. */
final class ModelExchange {
    private final FrameLayout layout;
    private final MemorySegment model;
    private final boolean source;
    private int frame;
    private boolean endSent;

    ModelExchange(MemorySegment model, int dimension, int mtu, boolean source) {
        this.model = model;
        this.source = source;
        layout = FrameLayout.of(new None(), dimension, mtu);
    }

    boolean isSource() {
        return source;
    }

    int send(UplinkProxy uplink, int epoch, int worker, int limit) {
        int sent = 0;
        while (sent < limit && frame < layout.frameCount()) {
            if (!uplink.model(epoch, worker, frame, model, layout.payloadOffset(frame), layout.payloadBytes(frame))) {
                return sent;
            }
            frame++;
            sent++;
        }
        if (sent < limit && !endSent && uplink.modelEnd(epoch, worker, ModelHash.of(model))) {
            endSent = true;
            sent++;
        }
        return sent;
    }

    /** Puts the next frame in place; whether it is the one that was due. */
    boolean accept(ModelDecoder message, long payload, int payloadLength) {
        if (source || message.frame() != frame || frame == layout.frameCount()
                || payloadLength != layout.payloadBytes(frame)) {
            return false;
        }
        MemorySegment.copy(NativeMemory.ALL, payload, model, layout.payloadOffset(frame), payloadLength);
        frame++;
        return true;
    }

    /** Whether the whole model is here, with the hash that its source declared. */
    boolean isWhole(long hash) {
        return frame == layout.frameCount() && ModelHash.of(model) == hash;
    }
}
