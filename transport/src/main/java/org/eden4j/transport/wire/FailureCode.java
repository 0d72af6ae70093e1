package org.eden4j.transport.wire;

/** Why the aggregator ends the job for a worker. The wire id is stable; ids are never reused. */
public enum FailureCode {
    /** A code that this version does not know. */
    UNKNOWN(0),
    /** Not all expected workers joined in time. */
    NOT_STARTED(1),
    /** A round closed without its quorum. */
    NO_QUORUM(2),
    /** Another worker has this one's number. */
    REPLACED(3),
    /** The aggregator was closed. */
    CLOSED(4),
    /** The aggregator cannot go on. */
    INTERNAL(5),
    /** This worker shares another kind of state than the others. */
    MISMATCH(6);

    private final int wireId;

    FailureCode(int wireId) {
        this.wireId = wireId;
    }

    int wireId() {
        return wireId;
    }
}
