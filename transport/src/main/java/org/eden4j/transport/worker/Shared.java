package org.eden4j.transport.worker;

import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.wire.StateKind;

/**
 * What a caller shares with the other members.
 *
 * @param model to which means are added; null if there is none
 * @param replica what else the members have in common; null if there is nothing
 * @param replicaBytes of the replica's state, 0 without one
 */
record Shared(MemorySegment model, Replica replica, long replicaBytes) {
    StateKind kind() {
        return replica == null ? StateKind.MODEL : model == null ? StateKind.REPLICA : StateKind.MODEL_AND_REMAINDER;
    }
}
