package org.eden4j.transport.local;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;

/** Where one worker number stands in a local job. Guarded by the {@link Meeting}'s monitor. */
final class Place {
    /** Whether rounds wait for it. */
    enum Standing {
        /** Nobody has it. */
        VACANT,
        /** Its member takes part. */
        ACTIVE,
        /** Its member takes no part until its next exchange. */
        PAUSED
    }

    final int index;
    Standing standing = Standing.VACANT;
    /** The member that has it; null if none has. */
    Object holder;
    /** The round that its next exchange is for. */
    long round;
    /** Whether its update to the open round has come. */
    boolean arrived;
    /** Whether it has shared what members have in common: a model, a replica or both; what is missing is null. */
    boolean sharing;
    MemorySegment model;
    Replica replica;
    /** Whether it waits for another one's state. */
    boolean wanting;
    /** What another one has saved for it. */
    MemorySegment saved;

    Place(int index) {
        this.index = index;
    }

    /** Nobody has it any more. */
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

    /** Whether its member has not shared yet. */
    boolean isHeldBack() {
        return holder != null && !sharing;
    }

    boolean isActive() {
        return standing == Standing.ACTIVE;
    }
}
