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
 * whole. The bytes of a remainder, which a replica is alone, are known to the members' programs alone. What it finds is a sentence that names the supplier; null
 * means that nothing is wrong.
 *
 * @param supplier who was asked
 * @param kind of the state
 * @param parts of it that are due, as bits of Supply
 * @param remainderBytes that every member's remainder has, -1 if that is not known yet
 * @param firstRound the round that its state stands before, at the least
 * @param lastRound likewise, at the most
 */
public record SupplyCheck(int supplier, StateKind kind, int parts, long remainderBytes, long firstRound,
        long lastRound) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Of a member that restores the job from the state that it said to have when it joined. */
    public static SupplyCheck ofRestorer(int supplier, StateLabel held) {
        return new SupplyCheck(supplier, held.kind(), held.kind().restoringParts(), -1, held.round(), held.round());
    }

    /** Looks at what the member declares. */
    public String flaw(StateBeginDecoder begin, JobTerms terms) {
        StateKind declared = StateKind.of(begin.kind());
        if (declared != kind || !isPlausible(begin, terms)) {
            return sentence("is " + (declared == null ? "of no kind" : "a " + declared) + " of "
                    + (begin.modelBytes() + begin.remainderBytes()) + " bytes with a ledger of " + begin.ledgerBytes()
                    + ", it was to be a " + kind);
        }
        if (begin.round() < firstRound || begin.round() > lastRound) {
            return sentence("stands before round " + begin.round() + ", it was to be before round "
                    + (firstRound == lastRound ? firstRound : firstRound + " to " + lastRound));
        }
        return null;
    }

    private boolean isPlausible(StateBeginDecoder begin, JobTerms terms) {
        long model = (parts & Protocol.SUPPLY_MODEL) != 0 ? terms.vectorBytes() : 0;
        long remainder = begin.remainderBytes();
        boolean due = (parts & Protocol.SUPPLY_REMAINDER) != 0;
        boolean fits = remainder == 0
                || due && remainder > 0 && remainder <= Protocol.largestReplica(terms.dimension());
        return kind != StateKind.UNDECIDED && begin.modelBytes() == model && fits
                && (!due || remainderBytes < 0 || remainder == remainderBytes)
                && begin.ledgerBytes() <= Ledger.largestBytes(terms.workers(), terms.frames().mostFrames());
    }

    /** Looks at all of it. */
    public String flaw(StateImage image, JobTerms terms) {
        try {
            Ledger ledger = new Ledger(terms.workers(), terms.frames().mostFrames());
            ledger.read(image.ledger());
            if (!ledger.standsBefore(image.round())) {
                return sentence("counts updates to rounds that come after it");
            }
        } catch (MalformedMessageException e) {
            return sentence("has no ledger of this job: " + e.getMessage());
        }
        return flaw(image.model());
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
