package org.eden4j.transport.wire;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import org.agrona.MutableDirectBuffer;
import org.eden4j.transport.sbe.MessageHeaderEncoder;

/**
 * Claims space for one message in a publication's log, and counts the committed bytes. A busy link is distinguished
 * from a dead one: {@code claim} returns {@code false} if the caller should try again in a later duty cycle, and throws
 * if the link is dead.
 */
public final class Claims implements AutoCloseable {
    final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ExclusivePublication publication;
    private final BufferClaim claim = new BufferClaim();
    private long committedBytes;

    public Claims(ExclusivePublication publication) {
        this.publication = publication;
    }

    /**
     * Claims {@code length} bytes at {@link #buffer()}, from {@link #offset()} on.
     *
     * @return whether there was space; the caller must then {@link #commit()}
     * @throws LinkLostException if the publication is closed
     */
    boolean claim(int length) {
        long position = publication.tryClaim(length, claim);
        if (position > 0) {
            return true;
        }
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
            throw new LinkLostException("publication on " + publication.channel() + " failed: "
                    + Publication.errorString(position));
        }
        return false;
    }

    MutableDirectBuffer buffer() {
        return claim.buffer();
    }

    int offset() {
        return claim.offset();
    }

    void commit() {
        committedBytes += claim.length();
        claim.commit();
    }

    /** Returns the bytes of all messages committed so far, without Aeron's headers. */
    long committedBytes() {
        return committedBytes;
    }

    /** Returns the session id, which identifies the publication's image at the receiver. */
    int sessionId() {
        return publication.sessionId();
    }

    boolean isConnected() {
        return publication.isConnected();
    }

    @Override
    public void close() {
        publication.close();
    }
}
