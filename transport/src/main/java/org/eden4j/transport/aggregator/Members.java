package org.eden4j.transport.aggregator;

import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The places of a job by worker number, with their holders and owners. Single-threaded, like the agent that owns it. */
final class Members {
    /** Value for a quorum of half of the members with which the round began and that still take part, rounded up. */
    static final int HALF = 0;

    private final int starters;
    /** Members that had the job's state when the open round began. */
    private BitSet beginners = new BitSet();
    private final Session[] sessions;
    /** Identity of the last worker in each place. */
    private final long[] identities;
    /** Token of the process that was displaced from each place, 0 if none was. */
    private final long[] displaced;
    private final BitSet everTaken = new BitSet();

    /** @param starters the number of members with which the job starts; others may join later if there are more places */
    Members(int places, int starters) {
        this.starters = starters;
        sessions = new Session[places];
        identities = new long[places];
        displaced = new long[places];
    }

    int places() {
        return sessions.length;
    }

    /** Returns the number of members with which the job starts. */
    int starters() {
        return starters;
    }

    /** Returns whether more members may join than those with which the job starts. */
    boolean isOpen() {
        return starters < places();
    }

    /** Returns the number of places that have ever been taken. */
    int everCount() {
        return everTaken.cardinality();
    }

    /** Returns the holder of a place; null if it is free. */
    Session at(int index) {
        return sessions[index];
    }

    /** Returns the last place of a worker with this identity, -1 if it had none. */
    int placeOf(long identity) {
        for (int index = everTaken.nextSetBit(0); index >= 0; index = everTaken.nextSetBit(index + 1)) {
            if (identities[index] == identity) {
                return index;
            }
        }
        return -1;
    }

    boolean belongsTo(int index, long identity) {
        return everTaken.get(index) && identities[index] == identity;
    }

    /**
     * Ends the former session of a place. The same process continues in its new session; another process learns that it
     * has been replaced, because it would otherwise return forever.
     *
     * @param same whether the next session has the identity of the former one
     * @return whether no message remains to be sent to the former session
     */
    boolean succeed(Session former, Session next, boolean same) {
        if (former.peer().token() == next.peer().token()) {
            former.renewed();
            return true;
        }
        displaced[former.index()] = former.peer().token();
        former.replaced(same
                ? "taken over by another process that has this one's identity: give each worker an identity of its own"
                : "given to another worker, this one had been silent");
        return false;
    }

    /** Returns whether a process was displaced from this place. */
    boolean isDisplaced(int index, long token) {
        return displaced[index] == token;
    }

    /** Returns the lowest free place, preferring places that have never been taken; -1 if all are taken. */
    int vacant() {
        int vacant = -1;
        for (int index = sessions.length - 1; index >= 0; index--) {
            if (sessions[index] == null && (!everTaken.get(index) || vacant < 0 || everTaken.get(vacant))) {
                vacant = index;
            }
        }
        return vacant;
    }

    void seat(int index, Session session, long identity) {
        sessions[index] = session;
        identities[index] = identity;
        everTaken.set(index);
    }

    void vacate(Session session) {
        if (session.index() >= 0 && sessions[session.index()] == session) {
            sessions[session.index()] = null;
        }
    }

    int count() {
        return where(_ -> true).cardinality();
    }

    /** Returns the places whose holders satisfy a condition. */
    BitSet where(Predicate<Session> condition) {
        BitSet places = new BitSet();
        for (int index = 0; index < sessions.length; index++) {
            if (sessions[index] != null && condition.test(sessions[index])) {
                places.set(index);
            }
        }
        return places;
    }

    /**
     * Returns the members that a round waits for: those that send heartbeats, or all that take part if those are fewer
     * than the quorum.
     */
    BitSet awaited(int quorum) {
        BitSet active = where(Session::isActive);
        return active.cardinality() < quorum(quorum) ? where(Session::takesPart) : active;
    }

    /** Begins a round. Members that receive the job's state later do not raise its quorum. */
    void beginRound() {
        beginners = where(member -> member.takesPart() && member.progress().hasState());
    }

    /** Returns the effective quorum, which is at most the number of members that are not away; see {@link #HALF}. */
    int quorum(int ofAll) {
        if (ofAll == HALF) {
            int left = where(member -> member.takesPart() && beginners.get(member.index())).cardinality();
            return Math.max(1, (left + 1) / 2);
        }
        int present = Math.max(starters, count());
        return Math.clamp(present - where(member -> member.progress().isAway()).cardinality(), 1, ofAll);
    }

    /** Returns whether a round waits for enough members. */
    boolean hasQuorum(int ofAll) {
        return awaited(ofAll).cardinality() >= quorum(ofAll);
    }

    /**
     * Makes this round wait for paused members that have missed no round, if all members pause before it: they may
     * continue together. One that has already continued counts too, since the pause of another may arrive after that.
     */
    void expectBack(long round) {
        BitSet together = where(
                member -> member.progress().hasPausedBefore(round) && member.mayStandBefore(round));
        BitSet others = where(
                member -> !member.liveness().isSilent() && !member.progress().hasPausedBefore(round));
        if (together.cardinality() > 1 && others.isEmpty()) {
            together.stream()
                .filter(index -> sessions[index].progress().isPaused())
                .forEach(index -> sessions[index].progress().expectBack());
        }
    }

    /** Stops waiting for paused members. */
    void expectNobodyBack() {
        forEach(_ -> true, member -> member.progress().expectNoMore());
    }

    /** Returns whether all members for which a round could wait pause. */
    boolean areAllPaused() {
        BitSet paused = where(member -> member.progress().isPaused());
        return !paused.isEmpty() && paused.equals(where(member -> !member.liveness().isSilent()));
    }

    /** Applies an action to every holder that satisfies a condition. */
    void forEach(Predicate<Session> condition, Consumer<Session> action) {
        where(condition).stream().forEach(index -> action.accept(sessions[index]));
    }

    /**
     * Returns the places that count as missing in a round if they contribute nothing: all, or the taken ones if more
     * members may join.
     */
    BitSet all() {
        BitSet all = where(_ -> true);
        if (!isOpen()) {
            all.set(0, sessions.length);
        }
        return all;
    }

    BitSet absent() {
        BitSet absent = where(_ -> true);
        absent.flip(0, sessions.length);
        return absent;
    }

    /** Returns the holder with the lowest number; null if there is none. */
    Session first() {
        for (Session session : sessions) {
            if (session != null) {
                return session;
            }
        }
        return null;
    }
}
