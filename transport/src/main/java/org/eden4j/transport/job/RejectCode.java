package org.eden4j.transport.job;

/** Why an aggregator refuses a worker. The wire id is stable; ids are never reused. */
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
    /** The worker number asked for is out of range. */
    INDEX_RANGE(5),
    /** The worker number asked for belongs to another member. */
    INDEX_TAKEN(6),
    /** All places are taken and the job has started. */
    JOB_STARTED(7),
    /** The job has ended. */
    JOB_ENDED(8),
    /** The message itself makes no sense. */
    MALFORMED(9),
    /** Another layout than the job's, or one that cannot be read. */
    LAYOUT(10),
    /** The members' programs have agreed on something else. */
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
