package org.eden4j.transport.mean;

/** Events that an aggregator counts besides the frames that it applies. */
public enum Drop {
    /** A frame arrived after its round, or from a member that the round did not wait for. */
    LATE,
    /** A frame had already arrived. */
    DUPLICATE,
    /** A frame belonged to another epoch of the job. */
    STALE,
    /** A frame came from an unknown sender, or in another member's name. */
    FOREIGN,
    /** A frame's bytes do not fit its position. */
    REJECTED,
    /** A member was cut off because it did not accept a mean in time. */
    CUT_OFF,
    /** A member received the job's state. */
    RESYNC,
    /** A member's state was found to differ from the job's. */
    DIVERGED
}
