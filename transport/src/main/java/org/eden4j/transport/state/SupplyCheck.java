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
 * Checks a state that a member supplies before it is used: its head before memory is allocated, and its bytes once they
 * are complete. The bytes of a remainder or replica are opaque and not checked. A flaw is a sentence that names the
 * supplier; null means that there is none.
 *
 * @param supplier the member that was asked
 * @param kind the kind of the state
 * @param parts the expected parts of it, as bits of Supply
 * @param remainderBytes the size of every member's remainder, -1 if it is not known yet
 * @param firstRound the first round before which the state may apply
 * @param lastRound the last round before which the state may apply
 */
public record SupplyCheck(int supplier, StateKind kind, int parts, long remainderBytes, long firstRound,
        long lastRound) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** Returns the check of a member that restores the job from the state that it declared when it joined. */
    public static SupplyCheck ofRestorer(int supplier, StateLabel held) {
        return new SupplyCheck(supplier, held.kind(), held.kind().restoringParts(), -1, held.round(), held.round());
    }

    /** Checks the declared head. */
    public String flaw(StateBeginDecoder begin, JobTerms terms) {
        StateKind declared = StateKind.of(begin.kind());
        if (declared != kind || !isPlausible(begin, terms)) {
            return sentence("is " + (declared == null ? "of no kind" : "a " + declared) + " of "
                    + (begin.modelBytes() + begin.remainderBytes()) + " bytes with a ledger of " + begin.ledgerBytes()
                    + ", expected a " + kind);
        }
        if (begin.round() < firstRound || begin.round() > lastRound) {
            return sentence("applies before round " + begin.round() + ", expected before round "
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

    /** Checks the complete state. */
    public String flaw(StateImage image, JobTerms terms) {
        try {
            Ledger ledger = new Ledger(terms.workers(), terms.frames().mostFrames());
            ledger.read(image.ledger());
            if (!ledger.standsBefore(image.round())) {
                return sentence("counts updates to later rounds");
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
                        + at / Float.BYTES + ": it is rejected";
            }
        }
        return null;
    }

    private String sentence(String flaw) {
        return "the state that worker " + supplier + " supplies " + flaw + ": it is rejected";
    }
}
