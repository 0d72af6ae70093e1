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
 * The work that the caller's thread does on its replica while it waits for an answer: it saves its state or restores
 * another member's, one at a time. Single-threaded, like the agent that owns it.
 */
final class ReplicaErrand {
    private enum Kind {
        NONE, SAVING, RESTORING, HASHING
    }

    private Kind kind = Kind.NONE;
    private Request employer;
    /** Memory to which the caller saves; null if the result is no longer needed. */
    private MemorySegment staging;
    private StateKind stagedKind;
    /** Model that belongs to the saved state; empty if there is none. */
    private MemorySegment stagedModel;
    /** Round and ledger when saving was requested: the round may end before it is done. */
    private long stagedRound;
    private byte[] stagedLedger;

    /** Hash of the state that was saved for comparison; written by the caller's thread before it is done. */
    private long hash;
    private long hashedRound;

    /** Returns whether no work is pending. */
    boolean isIdle() {
        return kind == Kind.NONE;
    }

    /** Returns whether a restore is in progress, or done and not yet {@linkplain #end ended}. */
    boolean isRestorePosted() {
        return kind == Kind.RESTORING;
    }

    /** Returns whether the caller's thread is restoring a state. */
    boolean isRestoring() {
        return kind == Kind.RESTORING && !employer.isIdle();
    }

    /** Lets the caller's thread restore a state from its own copy. */
    void restore(Request request, Replica replica, StateImage image) {
        MemorySegment copy = allocate(image.remainderBytes());
        copy.copyFrom(image.remainder());
        post(Kind.RESTORING, request, () -> replica.restore(copy));
    }

    /** Lets the caller's thread save the state before this round, which belongs to a model or to none. */
    void save(Request request, Shared shared, MemorySegment model, long round, Ledger ledger) {
        MemorySegment target = allocate(shared.replicaBytes());
        staging = target;
        stagedKind = shared.kind();
        stagedModel = model;
        stagedRound = round;
        stagedLedger = ledger.toBytes();
        post(Kind.SAVING, request, () -> shared.replica().save(target));
    }

    /** Lets the caller's thread hash the bytes of its state before this round that are the same on all members. */
    void hash(Request request, Shared shared, long round) {
        MemorySegment target = allocate(shared.replicaBytes());
        hashedRound = round;
        post(Kind.HASHING, request, () -> {
            shared.replica().save(target);
            hash = ModelHash.of(target.asSlice(0, shared.replica().commonBytes()));
        });
    }

    /** Returns the requested hash of the state before this round; null until it is available. */
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

    /**
     * Returns the failure of the current call if the caller's code has thrown an exception, and ends the work; null
     * otherwise.
     */
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

    /** Discards the result of a save in progress. */
    void cancelSave() {
        staging = null;
    }

    /** Returns the state saved since the last call, which the caller closes; null if there is none. */
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

    /** Ends the current work. */
    void end() {
        kind = Kind.NONE;
    }
}
