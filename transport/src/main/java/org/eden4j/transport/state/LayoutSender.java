package org.eden4j.transport.state;

import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.UplinkProxy;

/** Sends the text of a layout, as much at a time as the log has space for. Not thread-safe. */
public final class LayoutSender {
    private final long token;
    private final byte[] text;
    private final int partBytes;
    private int part;

    /** @param token the token of the worker's process */
    public LayoutSender(UpdateLayout layout, long token, int mtu) {
        this.token = token;
        text = Protocol.utf8(layout);
        partBytes = StateSender.partBytes(mtu);
    }

    /**
     * Sends up to {@code limit} messages.
     *
     * @return the number of messages sent
     */
    public int send(UplinkProxy uplink, int limit) {
        int sent = 0;
        int offset = part * partBytes;
        while (sent < limit && offset < text.length) {
            int length = Math.min(partBytes, text.length - offset);
            if (!uplink.layoutPart(token, part, text, offset, length)) {
                break;
            }
            part++;
            sent++;
            offset += length;
        }
        return sent;
    }
}
