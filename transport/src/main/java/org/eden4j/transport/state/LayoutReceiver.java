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
 * Receives the text of a layout, part by part in order. Memory grows with what has come, not with what was declared: up to
 * twice the text. Not thread-safe.
 */
public final class LayoutReceiver {
    private final JoinRequest join;
    private final int declared;
    private final int partBytes;
    private byte[] text = new byte[0];
    private int received;
    private int parts;

    /** @param join declares the text's length, which was checked against what this process may hold */
    public LayoutReceiver(JoinRequest join, int mtu) {
        this.join = join;
        declared = (int) join.layoutBytes();
        partBytes = StateSender.partBytes(mtu);
    }

    /** The join that waits for the layout. */
    public JoinRequest join() {
        return join;
    }

    /** Takes the next part; whether it is the one that was due, and of the right length. */
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

    /** Whether all has come. */
    public boolean isComplete() {
        return received == declared;
    }

    /** Whether reading it takes so long that signs of life are due meanwhile. */
    public boolean isLong() {
        return declared > 1 << 16;
    }

    /**
     * The layout, once all has come.
     *
     * @throws MalformedMessageException if the text is none, or not the one that was declared
     */
    public UpdateLayout layout() {
        try {
            UpdateLayout layout = UpdateLayout.parse(new String(text, StandardCharsets.UTF_8));
            if (layout.hash() != join.layoutHash()) {
                throw new MalformedMessageException("the text has another hash than was declared");
            }
            return layout;
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(e.getMessage());
        }
    }
}
