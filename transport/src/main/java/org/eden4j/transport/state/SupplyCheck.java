package org.eden4j.transport.state;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.transport.sbe.StateBeginDecoder;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.MalformedMessageException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;

/**
 * Judges a state that a member supplies before anything is made of it: its head before memory is taken, its bytes once they are
 * whole. A replica's bytes are known to the members' programs alone. What it finds is a sentence that names the supplier; null
 * means that nothing is wrong.
 *
 * @param supplier who was asked
 * @param kind what it has to supply
 * @param firstRound the round that its state stands before, at the least
 * @param lastRound likewise, at the most
 */
public record SupplyCheck(int supplier, StateKind kind, long firstRound, long lastRound) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Of a member that restores the job from the state that it said to have when it joined. */
    public static SupplyCheck ofRestorer(int supplier, StateLabel held) {
        return new SupplyCheck(supplier, held.kind(), held.round(), held.round());
    }

    /** Looks at what the member declares. */
    public String flaw(StateBeginDecoder begin, JobTerms terms) {
        StateKind declared = StateKind.of(begin.kind());
        if (declared != kind || !isPlausible(begin, terms)) {
            return sentence("is " + (declared == null ? "of no kind" : "a " + declared) + " of " + begin.modelBytes()
                    + " bytes with a ledger of " + begin.ledgerBytes() + ", it was to be a " + kind);
        }
        if (begin.round() < firstRound || begin.round() > lastRound) {
            return sentence("stands before round " + begin.round() + ", it was to be before round "
                    + (firstRound == lastRound ? firstRound : firstRound + " to " + lastRound));
        }
        return null;
    }

    private boolean isPlausible(StateBeginDecoder begin, JobTerms terms) {
        long bytes = begin.modelBytes();
        boolean fits = switch (kind) {
            case UNDECIDED -> false;
            case NONE -> bytes == 0;
            case MODEL -> bytes == (long) terms.dimension() * Float.BYTES;
            case REPLICA -> bytes >= 0 && bytes <= Protocol.largestReplica(terms.dimension());
        };
        return fits && begin.ledgerBytes() <= Ledger.largestBytes(terms.workers(), terms.up().frameCount());
    }

    /** Looks at all of it. */
    public String flaw(StateImage image, JobTerms terms) {
        try {
            Ledger ledger = new Ledger(terms.workers(), terms.up().frameCount());
            ledger.read(image.ledger());
            if (!ledger.standsBefore(image.round())) {
                return sentence("counts updates to rounds that come after it");
            }
        } catch (MalformedMessageException e) {
            return sentence("has no ledger of this job: " + e.getMessage());
        }
        return image.kind() == StateKind.MODEL ? flaw(image.model()) : null;
    }

    private String flaw(MemorySegment model) {
        for (long at = 0; at < model.byteSize(); at += Float.BYTES) {
            float value = model.get(FLOAT, at);
            if (!Float.isFinite(value)) {
                return "the model that worker " + supplier + " supplies is not finite: " + value + " at coordinate "
                        + at / Float.BYTES + ", it is not taken";
            }
        }
        return null;
    }

    private String sentence(String flaw) {
        return "the state that worker " + supplier + " supplies " + flaw + ": it is not taken";
    }
}
