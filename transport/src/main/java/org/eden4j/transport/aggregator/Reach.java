package org.eden4j.transport.aggregator;

import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.wire.Protocol;

/**
 * Whether any member is known to stand before the open round, and so to have what came before it. As long as none is, the
 * mean of the round before may be lost with the members that it was sent to. Single-threaded.
 */
final class Reach {
    private final Members members;
    private final PatientClock clock;
    private long round;
    private boolean reached;
    private long openedNs;

    Reach(Members members, PatientClock clock) {
        this.members = members;
        this.clock = clock;
    }

    /** A round opens, and nobody is known to stand before it. */
    void open(long newRound) {
        round = newRound;
        reached = false;
        openedNs = clock.realNs();
    }

    /** Some member stands before the open round. */
    void reached() {
        reached = true;
    }

    /** A member says that it stands before this round: then it has the mean of the one before. */
    void heard(Session member, long memberRound) {
        reached |= memberRound == round && member.mayStandBefore(round);
    }

    boolean isReached() {
        return reached;
    }

    /** Whether a member that was sent all may still say that it has it: it does so at once, if it has. */
    boolean mayBeReachedSoon() {
        return !reached && clock.realNs() - openedNs < Protocol.MISSED_NS
                && !members.where(member -> !member.liveness().isSilent() && member.mayStandBefore(round)).isEmpty();
    }
}
