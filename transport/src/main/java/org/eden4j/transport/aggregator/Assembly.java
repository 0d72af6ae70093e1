package org.eden4j.transport.aggregator;

import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerSet;

/**
 * The gathering before a job runs. A new job waits for all its workers. Where members come back from a job whose
 * aggregator is gone, it waits for all of them or for a quorum and some time, and goes on from the state of the one that
 * is furthest. Single-threaded.
 */
final class Assembly {
    private final Members members;
    private final PatientClock clock;
    private final long startNs;
    private boolean anyBack;
    private long backNs;

    Assembly(Members members, PatientClock clock) {
        this.members = members;
        this.clock = clock;
        startNs = clock.realNs();
    }

    void came(Session session) {
        if (!anyBack && !session.held.isBlank()) {
            anyBack = true;
            backNs = clock.realNs();
        }
    }

    boolean isComplete(int quorum) {
        int count = members.count();
        return count == members.places()
                || anyBack && count >= quorum && clock.realNs() - backNs > Protocol.GRACE_NS;
    }

    boolean isLate(long limitNs) {
        return clock.realNs() - startNs > limitNs;
    }

    TransportException lateness(long limitNs) {
        return new TransportException("only " + members.count() + " of " + members.places() + " workers joined within "
                + TimeUnit.NANOSECONDS.toMillis(limitNs) + " ms; missing " + WorkerSet.name(members.absent()));
    }

    /** The member whose state counts the most rounds; of several the one whose state most others have as well. */
    Session furthest() {
        Session furthest = members.first();
        for (int index = 0; index < members.places(); index++) {
            Session member = members.at(index);
            if (member != null && compare(member, furthest) > 0) {
                furthest = member;
            }
        }
        return furthest;
    }

    private int compare(Session one, Session other) {
        if (one.held.isBlank() != other.held.isBlank()) {
            return one.held.isBlank() ? -1 : 1;
        }
        int byRound = Long.compare(one.held.round(), other.held.round());
        return byRound != 0 ? byRound : Integer.compare(alike(one), alike(other));
    }

    private int alike(Session member) {
        return members.where(other -> other.held.equals(member.held)).cardinality();
    }
}
