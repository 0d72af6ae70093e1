package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.Ledger;
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
 * <p>Memory: 4 bytes a coordinate with a model, and as many while it is being sent. Single-threaded.
 */
final class JobState implements AutoCloseable {
    private final JobTerms terms;
    private final Arena arena = Arena.ofShared();
    private final Ledger ledger;
    private StateKind kind = StateKind.UNDECIDED;
    private MemorySegment model;
    private SharedModel shared;
    /** The last image that was made or supplied; for joiners that come at the same time. */
    private StateImage image;
    /** The ledger before the round that ended last, where members have nothing else in common. */
    private final Ledger formerLedger;
    /** The round that ended last, -1 if none has. */
    private long endedRound = -1;

    JobState(JobTerms terms) {
        this.terms = terms;
        int frames = terms.up().frameCount();
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
        return kind == StateKind.MODEL || kind == StateKind.REPLICA;
    }

    /** Takes over what a member supplied: the initial state, or all that a new aggregator lacks. */
    void restore(StateImage supplied) {
        kind = supplied.kind();
        ledger.read(supplied.ledger());
        if (kind == StateKind.MODEL) {
            if (model == null) {
                model = NativeMemory.allocate(arena, supplied.modelBytes());
                shared = new SharedModel(terms.down(), terms.jobSeed(), arena);
            }
            model.copyFrom(supplied.model());
        }
        keep(supplied.hold());
    }

    private void keep(StateImage newest) {
        if (image != null) {
            image.close();
        }
        image = newest;
    }

    /** Keeps what a member supplied of a state that only members understand. */
    void relay(StateImage supplied) {
        keep(supplied.hold());
    }

    /** The state before this round; null if a member has to supply it. */
    StateImage image(long round) {
        if (image != null && image.round() == round) {
            return image;
        }
        switch (kind) {
            case UNDECIDED, NONE -> keep(StateImage.of(StateKind.NONE, round, MemorySegment.NULL, ledger));
            case MODEL -> {
                if (model == null) {
                    return null;
                }
                keep(StateImage.of(kind, round, model, ledger));
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
            keep(StateImage.of(StateKind.NONE, round, MemorySegment.NULL, formerLedger));
        }
        return image;
    }

    /** The last image, whatever its round; null if there is none. */
    StateImage lastImage() {
        return image;
    }

    /** A round has ended with this mean. */
    void apply(MeanStore store) {
        if (!isShared()) {
            formerLedger.copy(ledger);
        }
        endedRound = store.round();
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
        arena.close();
    }
}
