package org.eden4j.transport.job;

/** The reason why an aggregator rejects a worker. Wire ids are stable and never reused. */
public enum RejectCode {
    /** A code that this version does not know. */
    UNKNOWN(0),
    /** Another version of the protocol. */
    VERSION(1),
    /** Another dimension than the job's. */
    DIMENSION(2),
    /** Another method than the job's, or one that cannot be read. */
    METHOD(3),
    /** Another MTU than the job's, so that the frames would differ. */
    MTU(4),
    /** The requested worker number is out of range. */
    INDEX_RANGE(5),
    /** The requested worker number belongs to another member. */
    INDEX_TAKEN(6),
    /** All places are taken, and the job has started. */
    JOB_STARTED(7),
    /** The job has ended. */
    JOB_ENDED(8),
    /** The message is inconsistent. */
    MALFORMED(9),
    /** Another layout than the job's, or one that cannot be read. */
    LAYOUT(10),
    /** An agreement that differs from that of the other members' programs. */
    AGREEMENT(11),
    /** Another shard than this aggregator's, or another number of them. */
    SHARD(12);

    private static final RejectCode[] VALUES = values();

    private final int wireId;

    RejectCode(int wireId) {
        this.wireId = wireId;
    }

    public int wireId() {
        return wireId;
    }

    public static RejectCode of(int wireId) {
        for (RejectCode code : VALUES) {
            if (code.wireId == wireId) {
                return code;
            }
        }
        return UNKNOWN;
    }
}
