package org.eden4j.transport.local;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.state.SharedModel;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.StateKind;

/**
 * The state that members of a local job have in common: nothing, a model to which every mean is added, a replica that
 * is opaque to transport, or a model and a replica for the remainder. Memory: 4 bytes per coordinate of a model.
 * Guarded by the {@link Meeting}'s monitor.
 */
final class CommonState {
    private StateKind kind = StateKind.UNDECIDED;
    /** The model; null if there is none. */
    private MemorySegment model;
    /** The remainder that the first member saved when the job started; null once the first round has ended. */
    private MemorySegment initial;

    StateKind kind() {
        return kind;
    }

    /** Discards the state of members that left before the job started. */
    void forget() {
        kind = StateKind.UNDECIDED;
    }

    /** Records the first exchange without a share: members have only the round in common. */
    void decideNone() {
        if (kind == StateKind.UNDECIDED) {
            kind = StateKind.NONE;
        }
    }

    /** Records what a member shares, once. */
    void share(Place own, MemorySegment ownModel, Replica replica) {
        StateKind wanted = replica == null ? StateKind.MODEL
                : ownModel == null ? StateKind.REPLICA : StateKind.MODEL_AND_REMAINDER;
        if (own.sharing || kind == StateKind.NONE) {
            throw new IllegalStateException(
                    "the state is shared once, before the first exchange; this is round " + own.round);
        }
        if (kind != StateKind.UNDECIDED && kind != wanted) {
            throw new TransportException("this member shares " + wanted + ", the others " + kind
                    + ": all members call the same share");
        }
        kind = wanted;
        own.sharing = true;
        own.model = ownModel;
        own.replica = replica;
    }

    /** Starts the job with this member's state. */
    void start(Place own) {
        if (kind.hasModel()) {
            model = NativeMemory.allocate(Arena.ofAuto(), own.model.byteSize());
            model.copyFrom(own.model);
        }
        initial = saved(own);
    }

    /** Gives a member the state with which the job started. */
    void restoreInitial(Place own) {
        restore(own, initial);
    }

    /** Returns the current state of a member's replica; null if there is none. */
    MemorySegment saved(Place own) {
        if (own.replica == null) {
            return null;
        }
        long bytes = own.replica.stateBytes();
        MemorySegment saved = NativeMemory.allocate(Arena.ofAuto(), bytes).asSlice(0, bytes);
        try {
            own.replica.save(saved);
        } catch (RuntimeException e) {
            throw new TransportException("this worker's state could not be saved: " + e, e);
        }
        return saved;
    }

    /** Gives a member the current model, and a remainder that another member has saved. */
    void restore(Place own, MemorySegment saved) {
        if (kind.hasModel()) {
            own.model.copyFrom(model);
        }
        if (own.replica == null) {
            return;
        }
        if (own.replica.stateBytes() != saved.byteSize()) {
            throw new TransportException("the job's state has " + saved.byteSize() + " bytes, this worker's "
                    + own.replica.stateBytes());
        }
        try {
            own.replica.restore(saved);
        } catch (RuntimeException e) {
            throw new TransportException("the job's state could not be restored: " + e, e);
        }
    }

    /** Adds the mean of an ended round. */
    void add(LocalMean mean) {
        initial = null;
        if (model != null) {
            SharedModel.add(mean.values(), mean.frames().down(0).blocks().runs(), model);
        }
    }
}
