package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.Ledger;
import org.eden4j.transport.state.ModelHash;
import org.eden4j.transport.state.ReplicaHashes;
import org.eden4j.transport.state.SharedModel;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.NativeMemory;
import org.eden4j.transport.wire.StateKind;

/**
 * The aggregator's view of the state that members have in common: its kind, the ledger, and the model if there is one.
 * It adds every mean that it sends to the model, decoded from the same bytes and by the same float32 additions as on
 * every member, so the model stays equal to theirs bit for bit, see {@link SharedModel}.
 *
 * <p>The rest of the common state, the remainder, is supplied by a member when it is needed. A member saves it while it
 * waits in a round in which its own work is done: together with the model after that round it is the state before the
 * next one.
 *
 * <p>Memory: 4 bytes per coordinate with a model, and the same again plus a remainder while they are being sent.
 * Single-threaded.
 */
final class JobState implements AutoCloseable {
    private final JobTerms terms;
    private final Arena arena = Arena.ofShared();
    private final Ledger ledger;
    private StateKind kind = StateKind.UNDECIDED;
    private MemorySegment model;
    private SharedModel shared;
    /** The last supplied part of the state that is not in the model; null before, and once it is outdated. */
    private StateImage remainder;
    /** Size of every member's remainder in bytes; -1 before the first was supplied. */
    private long remainderBytes = -1;
    /** The last image made or supplied, kept for joiners that arrive at the same time. */
    private StateImage image;
    private final ReplicaHashes hashes = new ReplicaHashes();
    /** Members whose state before the last ended round differed from the others'. */
    private BitSet diverged = new BitSet();
    /** The ledger before the last ended round, if members have nothing else in common. */
    private final Ledger formerLedger;
    /** The last ended round, -1 if none. */
    private long endedRound = -1;

    JobState(JobTerms terms) {
        this.terms = terms;
        int frames = terms.frames().mostFrames();
        ledger = new Ledger(terms.workers(), frames);
        formerLedger = new Ledger(terms.workers(), frames);
    }

    StateKind kind() {
        return kind;
    }

    void decide(StateKind decided) {
        kind = decided;
    }

    /** Returns whether members have more in common than the round, so that means are useless without it. */
    boolean isShared() {
        return kind.parts() != 0;
    }

    /** Adopts a supplied state: the initial one, or everything that a new aggregator lacks. */
    void restore(StateImage supplied) {
        kind = supplied.kind();
        ledger.read(supplied.ledger());
        if (kind.hasModel()) {
            if (model == null) {
                model = NativeMemory.allocate(arena, supplied.modelBytes());
                shared = new SharedModel(terms.frames(), terms.jobSeed(), arena);
            }
            model.copyFrom(supplied.model());
        }
        if (kind != StateKind.MODEL_AND_REMAINDER || supplied.remainderBytes() > 0) {
            agree(supplied);
            keep(supplied.hold());
        }
    }

    private void agree(StateImage supplied) {
        remainderBytes = kind.hasRemainder() ? supplied.remainderBytes() : -1;
    }

    /** Returns the size of every member's remainder in bytes; -1 if unknown. */
    long remainderBytes() {
        return remainderBytes;
    }

    private void keep(StateImage newest) {
        if (image != null) {
            image.close();
        }
        image = newest;
    }

    /** Keeps a supplied state that is opaque to transport. */
    void relay(StateImage supplied) {
        agree(supplied);
        if (kind == StateKind.REPLICA) {
            keep(supplied.hold());
        } else {
            forgetRemainder();
            remainder = supplied.hold();
        }
    }

    private void forgetRemainder() {
        if (remainder != null) {
            remainder.close();
            remainder = null;
        }
    }

    /** Returns whether there is a remainder of a member in this round, which is part of the state before the next. */
    boolean hasRemainderOf(long round) {
        return remainder != null && remainder.round() == round;
    }

    /** Returns whether the state before this round is ready to be sent. */
    boolean hasImageOf(long round) {
        return image != null && image.round() == round;
    }

    /** Returns the state before this round, of the current model and the available remainder. */
    StateImage compose(long round) {
        keep(StateImage.of(kind, round, model, remainder.remainder(), ledger.toBytes()));
        return image;
    }

    /** Returns the current model, before this round, for a member that keeps its own remainder; the caller closes it. */
    StateImage modelAlone(long round) {
        return StateImage.of(kind, round, model, MemorySegment.NULL, ledger.toBytes());
    }

    /** Returns the state before this round; null if a member has to supply it. */
    StateImage image(long round) {
        if (hasImageOf(round)) {
            return image;
        }
        switch (kind) {
            case UNDECIDED, NONE -> keep(StateImage.of(StateKind.NONE, round, ledger));
            case MODEL -> {
                if (model == null) {
                    return null;
                }
                keep(StateImage.of(kind, round, model, MemorySegment.NULL, ledger.toBytes()));
            }
            case MODEL_AND_REMAINDER -> {
                return hasRemainderOf(round - 1) ? compose(round) : null;
            }
            case REPLICA -> {
                return null;
            }
        }
        return image;
    }

    /**
     * Returns the state before an ended round, for members that must also apply its mean; null if the round is not the
     * last ended one, or if members share a model or a replica, which already contain the mean.
     */
    StateImage imageBefore(long round) {
        if (isShared() || round != endedRound) {
            return null;
        }
        if (image == null || image.round() != round) {
            keep(StateImage.of(StateKind.NONE, round, formerLedger));
        }
        return image;
    }

    /** Returns the last image, of any round; null if there is none. */
    StateImage lastImage() {
        return image;
    }

    /** Returns the hashes of members' states before the open round. */
    ReplicaHashes hashes() {
        return hashes;
    }

    /** Returns the members whose state before the last ended round was found to differ from the job's, once each. */
    BitSet takeDiverged() {
        BitSet taken = diverged;
        diverged = new BitSet();
        return taken;
    }

    /**
     * Compares the members' hashes of their states before an ended round: with the model here if there is one, or else
     * with each other. A supplied state of a member that differs is discarded.
     */
    private void compare(long round) {
        if (hashes.isOf(round) && isShared()) {
            diverged = hashes.others(model != null ? ModelHash.of(model) : hashes.prevailing());
            if (!diverged.isEmpty()) {
                keep(null);
                forgetRemainder();
            }
        }
    }

    /** Applies the mean of an ended round. */
    void apply(MeanStore store) {
        compare(store.round());
        if (!isShared()) {
            formerLedger.copy(ledger);
        }
        endedRound = store.round();
        if (!hasRemainderOf(endedRound)) {
            forgetRemainder();
        }
        ledger.enter(store.round(), store.contributors(), store.partial());
        if (image != null && kind != StateKind.REPLICA) {
            keep(null);
        }
        if (model != null) {
            shared.add(store.payloads(), store.round(), model);
        }
    }

    @Override
    public void close() {
        keep(null);
        forgetRemainder();
        arena.close();
    }
}
