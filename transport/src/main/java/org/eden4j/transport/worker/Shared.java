package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.wire.StateKind;

/**
 * What a caller shares with the other members: a model or a replica, the other is null.
 *
 * @param replicaBytes of the replica's state, 0 without one
 */
record Shared(MemorySegment model, Replica replica, long replicaBytes) {
    /** Bytes of it as it travels. */
    long bytes(int dimension) {
        return replica == null ? (long) dimension * Float.BYTES : replicaBytes;
    }

    StateKind kind() {
        return replica == null ? StateKind.MODEL : StateKind.REPLICA;
    }
}
