package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.wire.StateKind;

/**
 * The state that a caller shares with the other members.
 *
 * @param model the model to which means are added; null if there is none
 * @param replica the rest of the common state; null if there is none
 * @param replicaBytes the size of the replica's state in bytes, 0 without one
 */
record Shared(MemorySegment model, Replica replica, long replicaBytes) {
    StateKind kind() {
        return replica == null ? StateKind.MODEL : model == null ? StateKind.REPLICA : StateKind.MODEL_AND_REMAINDER;
    }
}
