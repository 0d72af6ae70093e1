package org.eden4j.transport.mean;

/** What an aggregator counts besides the frames that it applies. */
public enum Drop {
    /** A frame came after its round, or from a member that the round did not wait for. */
    LATE,
    /** A frame had come before. */
    DUPLICATE,
    /** A frame is of another epoch of the job. */
    STALE,
    /** A frame came from a stranger, or in another member's name. */
    FOREIGN,
    /** A frame's bytes are not what its place demands. */
    REJECTED,
    /** A member was cut off because it did not take a mean in time. */
    CUT_OFF,
    /** A member was given the job's state. */
    RESYNC,
    /** A member's state was found to be another than the job's. */
    DIVERGED
}
