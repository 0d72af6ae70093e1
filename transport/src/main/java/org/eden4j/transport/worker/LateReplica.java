package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;

/**
 * A replica that one shard handles, although it belongs to the model of all shards: a state to restore waits until the
 * model is in place in every shard. Used by the caller's thread only.
 */
final class LateReplica implements Replica {
    private final Replica replica;
    /** State to restore; null if there is none. */
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

    /** Restores the waiting state, if any. */
    void settle() {
        MemorySegment saved = waiting;
        waiting = null;
        if (saved != null) {
            replica.restore(saved);
        }
    }
}
