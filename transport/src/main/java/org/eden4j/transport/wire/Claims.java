package org.eden4j.transport.wire;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import org.agrona.MutableDirectBuffer;
import org.eden4j.transport.sbe.MessageHeaderEncoder;

/**
 * Claims room for one message in a publication's log, and counts what was committed. Busy is told apart from dead: busy
 * is {@code false}, try again in a later duty cycle; dead throws.
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
     * Claims {@code length} bytes at {@link #buffer()}, {@link #offset()}.
     *
     * @return whether there was room; then {@link #commit()} must follow
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

    /** Bytes of all messages committed so far, without Aeron's headers. */
    long committedBytes() {
        return committedBytes;
    }

    /** Names the publication's image at the other end. */
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
