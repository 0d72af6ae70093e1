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
 * What the aggregator knows of the state that members have in common: its kind, the ledger, and where there is a model,
 * the model itself. To that it adds every mean that it sends, decoded from the same bytes, by the same float32 addition
 * as every member does: it stays equal to theirs bit for bit, see {@link SharedModel}.
 *
 * <p>What else members have in common beside a model, the remainder, one of them supplies when it is needed. A member saves
 * it while it waits in a round for which it has done all it has to: with the model after that round it is the state before
 * the next.
 *
 * <p>Memory: 4 bytes a coordinate with a model, and as many and a remainder while they are being sent. Single-threaded.
 */
final class JobState implements AutoCloseable {
    private final JobTerms terms;
    private final Arena arena = Arena.ofShared();
    private final Ledger ledger;
    private StateKind kind = StateKind.UNDECIDED;
    private MemorySegment model;
    private SharedModel shared;
    /** What a member supplied last of what is no part of the model; null before, and where it is no longer of use. */
    private StateImage remainder;
    /** Of every member's remainder; -1 before the first was supplied. */
    private long remainderBytes = -1;
    /** The last image that was made or supplied; for joiners that come at the same time. */
    private StateImage image;
    private final ReplicaHashes hashes = new ReplicaHashes();
    /** Members whose state before the round that ended last was not that of the others. */
    private BitSet diverged = new BitSet();
    /** The ledger before the round that ended last, where members have nothing else in common. */
    private final Ledger formerLedger;
    /** The round that ended last, -1 if none has. */
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

    /** Whether members have more in common than the round, so that means are of no use without it. */
    boolean isShared() {
        return kind.parts() != 0;
    }

    /** Takes over what a member supplied: the initial state, or all that a new aggregator lacks. */
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

    /** Bytes of every member's remainder; -1 if that is not known yet. */
    long remainderBytes() {
        return remainderBytes;
    }

    private void keep(StateImage newest) {
        if (image != null) {
            image.close();
        }
        image = newest;
    }

    /** Keeps what a member supplied of a state that only members understand. */
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

    /** Whether there is a remainder of a member that has this round open: it is a part of the state before the next. */
    boolean hasRemainderOf(long round) {
        return remainder != null && remainder.round() == round;
    }

    /** Whether the state before this round is ready to be sent. */
    boolean hasImageOf(long round) {
        return image != null && image.round() == round;
    }

    /** The state before this round of the model as it is and the remainder that there is. */
    StateImage compose(long round) {
        keep(StateImage.of(kind, round, model, remainder.remainder(), ledger.toBytes()));
        return image;
    }

    /** The model as it is, before this round, for a member that keeps its own remainder; the caller closes it. */
    StateImage modelAlone(long round) {
        return StateImage.of(kind, round, model, MemorySegment.NULL, ledger.toBytes());
    }

    /** The state before this round; null if a member has to supply it. */
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
     * The state before a round that has ended, for members that are to take its mean as well; null if it is not the last, or
     * where members share a model or a replica: those have the mean in them.
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

    /** The last image, whatever its round; null if there is none. */
    StateImage lastImage() {
        return image;
    }

    /** What members' states before the open round hash to. */
    ReplicaHashes hashes() {
        return hashes;
    }

    /** Members whose state before the round that ended last was found to be another than the job's, once each. */
    BitSet takeDiverged() {
        BitSet taken = diverged;
        diverged = new BitSet();
        return taken;
    }

    /**
     * Compares what members have said of their states before a round that ends: with the model here, where there is one, with
     * each other where there is none. What one of them has supplied that differs is of no use.
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

    /** A round has ended with this mean. */
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
