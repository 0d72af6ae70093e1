package org.eden4j.transport.wire;

/** The reason why the aggregator ends the job for a worker. Wire ids are stable and never reused. */
public enum FailureCode {
    /** A code that this version does not know. */
    UNKNOWN(0),
    /** Not all expected workers joined in time. */
    NOT_STARTED(1),
    /** A round closed without its quorum. */
    NO_QUORUM(2),
    /** Another worker has taken this worker's number. */
    REPLACED(3),
    /** The aggregator was closed. */
    CLOSED(4),
    /** The aggregator failed. */
    INTERNAL(5),
    /** This worker shares a different kind of state from the others. */
    MISMATCH(6);

    private final int wireId;

    FailureCode(int wireId) {
        this.wireId = wireId;
    }

    int wireId() {
        return wireId;
    }
}
