package org.eden4j.transport.aggregator;

import org.eden4j.transport.wire.StateLabel;

/**
 * A process that has requested membership.
 *
 * @param sessionId the session id of its image: only frames from this image count as the peer's
 * @param token the token of the worker's process
 * @param held the worker's state when it joined
 * @param registrationId the registration id of the publication that answers it
 */
record Peer(int sessionId, long token, StateLabel held, long registrationId) {
    /** The relation of a peer to the job. */
    enum State {
        /** Requested the job's terms, which it receives. */
        ASKING,
        /** Must send its layout before its join can be decided. */
        ASKED,
        /** A member. */
        MEMBER,
        /** Rejected and informed. */
        REJECTED,
        /** Left voluntarily. */
        LEFT,
        /** A former member whose image is gone, or whose place was given to another. */
        DEAD
    }
}
