package org.eden4j.transport.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.wire.JoinRequest;
import org.eden4j.transport.wire.MalformedMessageException;
import org.eden4j.transport.wire.NativeMemory;

/**
 * Receives the text of a layout, part by part in order. Memory grows with the received text, not with the declared
 * length: up to twice the text. Not thread-safe.
 */
public final class LayoutReceiver {
    private final JoinRequest join;
    private final int declared;
    private final int partBytes;
    private byte[] text = new byte[0];
    private int received;
    private int parts;

    /** @param join the join, whose declared text length has been checked against this process's limit */
    public LayoutReceiver(JoinRequest join, int mtu) {
        this.join = join;
        declared = (int) join.layoutBytes();
        partBytes = StateSender.partBytes(mtu);
    }

    /** Returns the join that waits for the layout. */
    public JoinRequest join() {
        return join;
    }

    /** Accepts a part; returns whether it was the expected one, with the right length. */
    public boolean accept(long part, long payload, int payloadLength) {
        int left = declared - received;
        if (part != parts || left == 0 || payloadLength != Math.min(partBytes, left)) {
            return false;
        }
        if (received + payloadLength > text.length) {
            text = Arrays.copyOf(text, Math.min(declared, Math.max(2 * text.length, received + payloadLength)));
        }
        MemorySegment.copy(NativeMemory.ALL, ValueLayout.JAVA_BYTE, payload, text, received, payloadLength);
        received += payloadLength;
        parts++;
        return true;
    }

    /** Returns whether all parts have arrived. */
    public boolean isComplete() {
        return received == declared;
    }

    /** Returns whether parsing takes so long that heartbeats are due in the meantime. */
    public boolean isLong() {
        return declared > 1 << 16;
    }

    /**
     * Returns the layout, once complete.
     *
     * @throws MalformedMessageException if the text is not a layout, or not the declared one
     */
    public UpdateLayout layout() {
        try {
            UpdateLayout layout = UpdateLayout.parse(new String(text, StandardCharsets.UTF_8));
            if (layout.hash() != join.layoutHash()) {
                throw new MalformedMessageException("the hash of the text differs from the declared one");
            }
            return layout;
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }
}
