package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;

/**
 * A replica of which one shard has the care, and which belongs to the model of all: what it is to restore waits until the model is
 * in its place in every shard. Used by the caller's thread alone.
 */
final class LateReplica implements Replica {
    private final Replica replica;
    /** Null while there is nothing to restore. */
    private MemorySegment waiting;

    LateReplica(Replica replica) {
        this.replica = replica;
    }

    @Override
    public long stateBytes() {
        return replica.stateBytes();
    }

    @Override
    public long commonBytes() {
        return replica.commonBytes();
    }

    @Override
    public void save(MemorySegment target) {
        replica.save(target);
    }

    @Override
    public void restore(MemorySegment saved) {
        waiting = saved;
    }

    /** Restores what waits, if anything does. */
    void settle() {
        MemorySegment saved = waiting;
        waiting = null;
        if (saved != null) {
            replica.restore(saved);
        }
    }
}
