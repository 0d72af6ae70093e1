package org.eden4j.transport.aggregator;

import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.wire.Protocol;

/**
 * Tracks whether any member is known to have reached the open round, and so to have the previous mean. Until one is
 * known, the mean of the previous round may be lost with the members to which it was sent. Single-threaded.
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

    /** Opens a round, which no member is known to have reached. */
    void open(long newRound) {
        round = newRound;
        reached = false;
        openedNs = clock.realNs();
    }

    /** Records that a member has reached the open round. */
    void reached() {
        reached = true;
    }

    /** Records a member's statement that it is before this round, so that it has the mean of the previous one. */
    void heard(Session member, long memberRound) {
        reached |= memberRound == round && member.mayStandBefore(round);
    }

    boolean isReached() {
        return reached;
    }

    /** Returns whether a member that was sent everything may still confirm it: it does so at once if it has received it. */
    boolean mayBeReachedSoon() {
        return !reached && clock.realNs() - openedNs < Protocol.MISSED_NS
                && !members.where(member -> !member.liveness().isSilent() && member.mayStandBefore(round)).isEmpty();
    }
}
