package org.eden4j.transport.local;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;

/** The state of one worker number in a local job. Guarded by the {@link Meeting}'s monitor. */
final class Place {
    /** The relation of a place to rounds. */
    enum Standing {
        /** No member has it. */
        VACANT,
        /** Its member takes part. */
        ACTIVE,
        /** Its member pauses until its next exchange. */
        PAUSED
    }

    final int index;
    Standing standing = Standing.VACANT;
    /** Member that has it; null if none has. */
    Object holder;
    /** Round of its next exchange. */
    long round;
    /** True if its update to the open round has arrived. */
    boolean arrived;
    /** True if it has shared a model, a replica or both; a missing one is null. */
    boolean sharing;
    MemorySegment model;
    Replica replica;
    /** True if it waits for another member's state. */
    boolean wanting;
    /** State that another member has saved for it. */
    MemorySegment saved;

    Place(int index) {
        this.index = index;
    }

    /** Frees the place. */
    void vacate() {
        standing = Standing.VACANT;
        holder = null;
        arrived = false;
        sharing = false;
        model = null;
        replica = null;
        wanting = false;
        saved = null;
    }

    /** Returns whether its member has not shared yet. */
    boolean isHeldBack() {
        return holder != null && !sharing;
    }

    boolean isActive() {
        return standing == Standing.ACTIVE;
    }
}
