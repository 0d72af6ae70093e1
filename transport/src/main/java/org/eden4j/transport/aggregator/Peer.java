package org.eden4j.transport.aggregator;

import org.eden4j.transport.wire.StateLabel;

/**
 * A process that has asked for membership.
 *
 * @param sessionId of the image: frames count as this peer's only if they come from it
 * @param token of the worker's process
 * @param held the state that the worker had when it joined
 * @param registrationId of the publication that answers it
 */
record Peer(int sessionId, long token, StateLabel held, long registrationId) {
    /** What a peer is to the job. */
    enum State {
        /** Wants to know what the job is, and is told. */
        ASKING,
        /** Was asked for its layout, without which its join cannot be judged. */
        ASKED,
        /** A member. */
        MEMBER,
        /** Refused, and told so. */
        REJECTED,
        /** Left of its own will. */
        LEFT,
        /** A former member whose image is gone, or whose place was given to another. */
        DEAD
    }
}
