package org.eden4j.transport.aggregator;

import java.util.concurrent.TimeUnit;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.Drop;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.wire.JoinRequest;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The phase before a job runs. A new job waits for the workers with which it starts. If members return from a job whose
 * aggregator is gone, it waits for all of them, or for a quorum and some time, and continues from the state of the
 * furthest member.
 *
 * <p>New workers could start an open job from the beginning before the members of an earlier start have returned, whose
 * state would be lost. The job therefore starts, and admits new workers, only after no message of a non-member has
 * arrived for {@link Protocol#GRACE_NS}: members send heartbeats until they notice that their aggregator is gone, and
 * then join. Single-threaded.
 */
final class Assembly {
    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);

    private final Members members;
    private final DropCounters drops;
    private final PatientClock clock;
    private final long startNs;
    /** Number of messages of non-members so far. */
    private long foreign;
    /** Time of the last such message. */
    private long foreignNs;
    /** Time at which the first member returned, 0 if none has. */
    private long backNs;

    Assembly(Members members, DropCounters drops, PatientClock clock) {
        this.members = members;
        this.drops = drops;
        this.clock = clock;
        startNs = clock.realNs();
        foreignNs = startNs;
    }

    void came(Session session) {
        if (backNs == 0 && !session.held().isBlank()) {
            backNs = clock.realNs();
        }
    }

    boolean isComplete(int quorum) {
        int count = members.count();
        if (back() == 0) {
            backNs = 0; // the returned members have left again
        }
        if (backNs == 0) {
            return count >= members.starters() && (!members.isOpen() || isQuiet());
        }
        int least = quorum == Members.HALF ? (members.starters() + 1) / 2 : quorum;
        return count == members.places() || count >= least && clock.realNs() - backNs > Protocol.GRACE_NS;
    }

    /**
     * Returns whether a new worker that requests any place of an open job must ask again later, because it could get
     * the place of a member that has not returned yet.
     */
    boolean holdsBack(JoinRequest join) {
        return members.isOpen() && join.index() < 0 && join.held().isBlank() && !isQuiet();
    }

    private boolean isQuiet() {
        if (drops.get(Drop.FOREIGN) != foreign) {
            foreign = drops.get(Drop.FOREIGN);
            foreignNs = clock.realNs();
        }
        return clock.realNs() - foreignNs > Protocol.GRACE_NS;
    }

    boolean isLate(long limitNs) {
        return clock.realNs() - startNs > limitNs;
    }

    TransportException lateness(long limitNs) {
        return new TransportException(
                "only " + members.count() + " of " + members.starters() + " workers joined within "
                        + TimeUnit.NANOSECONDS.toMillis(limitNs) + " ms"
                        + (members.isOpen() ? "" : "; missing " + WorkerSet.name(members.absent()))
                        + "; a longer joinTimeout of the aggregator waits for them");
    }

    /** Returns the number of members that have returned from a job whose aggregator is gone. */
    private int back() {
        return members.where(member -> !member.held().isBlank()).cardinality();
    }

    /**
     * Returns the member whose state counts the most rounds, among those with credible claims; among several, the one
     * whose state most other members have.
     */
    Session furthest(int quorum) {
        long credible = credible(quorum);
        Session furthest = null;
        for (int index = 0; index < members.places(); index++) {
            Session member = members.at(index);
            if (member != null && isCredible(member, credible)
                    && (furthest == null || compare(member, furthest) > 0)) {
                furthest = member;
            }
        }
        return furthest;
    }

    /**
     * Returns the latest round that a member can credibly claim as its next. A round closes only with the updates of a quorum, so
     * all members of some quorum are at most one round behind the furthest member. Of that quorum, the members that have not
     * come back are missing here; at least {@code quorum - (places - back)} of the {@code back} members here belong to it. Of
     * {@link Members#HALF} it is not known how many that were: then the latest claim is credible.
     */
    private long credible(int quorum) {
        long[] claims = members.where(member -> !member.held().isBlank())
            .stream()
            .mapToLong(index -> members.at(index).held().round())
            .sorted()
            .toArray();
        int belonging = Math.max(1, quorum - (members.places() - claims.length));
        return claims.length == 0 ? 0 : claims[claims.length - belonging] + 1;
    }

    private static boolean isCredible(Session member, long credible) {
        if (member.held().isBlank() || member.held().round() <= credible) {
            return true;
        }
        LOG.warn(
                "{} claims to be before round {}, but a quorum cannot have passed round {}: its state is rejected",
                member, member.held().round(), credible);
        return false;
    }

    private int compare(Session one, Session other) {
        if (one.held().isBlank() != other.held().isBlank()) {
            return one.held().isBlank() ? -1 : 1;
        }
        int byRound = Long.compare(one.held().round(), other.held().round());
        return byRound != 0 ? byRound : Integer.compare(alike(one), alike(other));
    }

    private int alike(Session member) {
        return members.where(other -> other.held().equals(member.held())).cardinality();
    }
}
