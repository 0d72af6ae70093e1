package org.eden4j.transport.state;

import org.eden4j.transport.wire.FrameLayout;
import org.eden4j.transport.wire.MessageProxy;

/** Sends one state, as much at a time as the log has space for. Not thread-safe. */
public final class StateSender implements AutoCloseable {
    private final StateImage image;
    private final long hash;
    private final int partBytes;
    private final boolean roundEnded;
    private boolean begun;
    private int part;
    private boolean ended;

    /**
     * Creates a sender that owns the image and closes it in the end. The round before which the state applies has not
     * ended.
     */
    public StateSender(StateImage image, int mtu) {
        this(image, false, mtu);
    }

    /**
     * @param roundEnded whether the round before which the image applies has ended, so that its mean must be applied as
     *         well
     */
    public StateSender(StateImage image, boolean roundEnded, int mtu) {
        this.image = image;
        this.roundEnded = roundEnded;
        hash = image.hash();
        partBytes = partBytes(mtu);
    }

    /** Returns the bytes of a state in one frame. */
    static int partBytes(int mtu) {
        return Math.min(FrameLayout.LARGEST_PAYLOAD,
                mtu - FrameLayout.AERON_HEADER_BYTES - FrameLayout.HEADER_BYTES - FrameLayout.RESERVED_BYTES)
                & -Long.BYTES;
    }

    long round() {
        return image.round();
    }

    public boolean isEnded() {
        return ended;
    }

    /**
     * Sends up to {@code limit} messages.
     *
     * @return the number of messages sent
     */
    public int send(MessageProxy proxy, int epoch, int sender, int limit) {
        int sent = 0;
        if (!begun) {
            if (!proxy.stateBegin(epoch, sender, image.kind(), image.round(), image.modelBytes(),
                    image.remainderBytes(), image.ledgerBytes(), roundEnded)) {
                return 0;
            }
            begun = true;
            sent++;
        }
        long offset = (long) part * partBytes;
        while (sent < limit && offset < image.totalBytes()) {
            int length = (int) Math.min(partBytes, image.totalBytes() - offset);
            if (!proxy.state(epoch, sender, part, image.bytes().address() + offset, length)) {
                return sent;
            }
            part++;
            sent++;
            offset += length;
        }
        if (sent < limit && !ended && offset >= image.totalBytes() && proxy.stateEnd(epoch, sender, hash)) {
            ended = true;
            sent++;
        }
        return sent;
    }

    @Override
    public void close() {
        image.close();
    }
}
