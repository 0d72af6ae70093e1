package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.state.ModelHash;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.StateKind;

/**
 * What the caller's thread does with its replica while it waits for an answer: it saves the state or restores another
 * member's, one at a time. Single-threaded, as the agent that owns it.
 */
final class ReplicaErrand {
    private enum Kind {
        NONE, SAVING, RESTORING, HASHING
    }

    private Kind kind = Kind.NONE;
    private Request employer;
    /** Where the caller saves to; null if nobody waits for that any more. */
    private MemorySegment staging;
    private StateKind stagedKind;
    /** The model that goes with it; empty if none does. */
    private MemorySegment stagedModel;
    /** Round and ledger when saving was asked for: the round may end before it is done. */
    private long stagedRound;
    private byte[] stagedLedger;

    /** Of the state that was saved to be compared; written by the caller's thread before it is done. */
    private long hash;
    private long hashedRound;

    /** Whether nothing is under way. */
    boolean isIdle() {
        return kind == Kind.NONE;
    }

    /** Whether a restore is under way, or done and not yet {@linkplain #end ended}. */
    boolean isRestorePosted() {
        return kind == Kind.RESTORING;
    }

    /** Whether the caller's thread is restoring a state. */
    boolean isRestoring() {
        return kind == Kind.RESTORING && !employer.isIdle();
    }

    /** Has the caller's thread restore a state from a copy of its own. */
    void restore(Request request, Replica replica, StateImage image) {
        MemorySegment copy = allocate(image.remainderBytes());
        copy.copyFrom(image.remainder());
        post(Kind.RESTORING, request, () -> replica.restore(copy));
    }

    /** Has the caller's thread save the state before this round, which goes with a model or with none. */
    void save(Request request, Shared shared, MemorySegment model, long round, Ledger ledger) {
        MemorySegment target = allocate(shared.replicaBytes());
        staging = target;
        stagedKind = shared.kind();
        stagedModel = model;
        stagedRound = round;
        stagedLedger = ledger.toBytes();
        post(Kind.SAVING, request, () -> shared.replica().save(target));
    }

    /** Has the caller's thread hash what of its state before this round is the same on all members. */
    void hash(Request request, Shared shared, long round) {
        MemorySegment target = allocate(shared.replicaBytes());
        hashedRound = round;
        post(Kind.HASHING, request, () -> {
            shared.replica().save(target);
            hash = ModelHash.of(target.asSlice(0, shared.replica().commonBytes()));
        });
    }

    /** The hash that was asked for of the state before this round, once it is there; null before. */
    Long takeHash(long round) {
        if (kind != Kind.HASHING || !employer.isIdle()) {
            return null;
        }
        kind = Kind.NONE;
        return hashedRound == round ? hash : null;
    }

    private static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(Math.max(1, bytes), Long.BYTES).asSlice(0, bytes);
    }

    private void post(Kind what, Request request, Runnable work) {
        kind = what;
        employer = request;
        request.post(work);
    }

    /** What the call under way fails with if the caller's code has thrown, null if not; then nothing is under way any more. */
    TransportException failure() {
        if (kind == Kind.NONE || !employer.isIdle() || employer.errandFailure() == null) {
            return null;
        }
        Throwable thrown = employer.errandFailure();
        TransportException failure = kind != Kind.RESTORING ? Request.unsaved(thrown) : Request.unrestored(thrown);
        kind = Kind.NONE;
        staging = null;
        return failure;
    }

    /** Nobody waits any more for what is being saved. */
    void cancelSave() {
        staging = null;
    }

    /** The state that was saved since the last call; null if there is none. The caller closes it. */
    StateImage takeSaved() {
        if (kind != Kind.SAVING || !employer.isIdle()) {
            return null;
        }
        kind = Kind.NONE;
        if (staging == null) {
            return null;
        }
        StateImage image = StateImage.of(stagedKind, stagedRound, stagedModel, staging, stagedLedger);
        staging = null;
        return image;
    }

    /** What was under way is over. */
    void end() {
        kind = Kind.NONE;
    }
}
