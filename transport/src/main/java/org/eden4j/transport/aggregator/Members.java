package org.eden4j.transport.aggregator;

import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The places of a job, by worker number, who has them, and to whom they belong. Single-threaded, as the agent that owns it. */
final class Members {
    /** In place of a number: a quorum is half of the members with which the round began and that still take part, rounded up. */
    static final int HALF = 0;

    private final int starters;
    /** The members that had the job's state when the open round began. */
    private BitSet beginners = new BitSet();
    private final Session[] sessions;
    /** Of the worker that had the place last. */
    private final long[] identities;
    /** Of the process that had the place and had to give way to another, 0 if none had. */
    private final long[] displaced;
    private final BitSet everTaken = new BitSet();

    /** @param starters members with which the job begins; others may join later if there are more places */
    Members(int places, int starters) {
        this.starters = starters;
        sessions = new Session[places];
        identities = new long[places];
        displaced = new long[places];
    }

    int places() {
        return sessions.length;
    }

    /** Members with which the job begins. */
    int starters() {
        return starters;
    }

    /** Whether more members may join than those with which the job begins. */
    boolean isOpen() {
        return starters < places();
    }

    /** Places that were taken at any time. */
    int everCount() {
        return everTaken.cardinality();
    }

    /** Who has a place; null if nobody has. */
    Session at(int index) {
        return sessions[index];
    }

    /** The place that a worker of this identity had last, -1 if it had none. */
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
     * Ends the session that had a place: the same process goes on in its new one, another process is told that it is out, or
     * it would come back for ever.
     *
     * @param same whether the next one has the identity of the former
     * @return whether nothing is left to be said to the former
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

    /** Whether a process had this place and had to give way. */
    boolean isDisplaced(int index, long token) {
        return displaced[index] == token;
    }

    /** The lowest place that nobody has; one that nobody ever had goes first. -1 if all are taken. */
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

    /** Places whose holders fulfil a condition. */
    BitSet where(Predicate<Session> condition) {
        BitSet places = new BitSet();
        for (int index = 0; index < sessions.length; index++) {
            if (sessions[index] != null && condition.test(sessions[index])) {
                places.set(index);
            }
        }
        return places;
    }

    /** Whom a round waits for: members that give signs of life; all that take part where those are no quorum. */
    BitSet awaited(int quorum) {
        BitSet active = where(Session::isActive);
        return active.cardinality() < quorum(quorum) ? where(Session::takesPart) : active;
    }

    /** A round begins. Members that are given the job's state from now on do not raise its quorum. */
    void beginRound() {
        beginners = where(member -> member.takesPart() && member.progress().hasState());
    }

    /** What is left of a quorum of all members: as many as are not away, if those are fewer; see {@link #HALF}. */
    int quorum(int ofAll) {
        if (ofAll == HALF) {
            int left = where(member -> member.takesPart() && beginners.get(member.index())).cardinality();
            return Math.max(1, (left + 1) / 2);
        }
        int present = Math.max(starters, count());
        return Math.clamp(present - where(member -> member.progress().isAway()).cardinality(), 1, ofAll);
    }

    /** Where all pause, this round, which has not begun, waits for those that have missed none: they may go on together. */
    void expectBack(long round) {
        BitSet together = where(member -> member.progress().isPaused() && member.mayStandBefore(round));
        if (together.cardinality() > 1 && areAllPaused()) {
            together.stream().forEach(index -> sessions[index].progress().expectBack());
        }
    }

    /** The round waits for nobody that pauses, or not any more. */
    void expectNobodyBack() {
        forEach(_ -> true, member -> member.progress().expectNoMore());
    }

    /** Whether nobody is there that a round could wait for but members that pause. */
    boolean areAllPaused() {
        BitSet paused = where(member -> member.progress().isPaused());
        return !paused.isEmpty() && paused.equals(where(member -> !member.liveness().isSilent()));
    }

    /** Calls this with every holder that fulfils a condition. */
    void forEach(Predicate<Session> condition, Consumer<Session> action) {
        where(condition).stream().forEach(index -> action.accept(sessions[index]));
    }

    /** Places of which a round may be told that nothing came: all, or those that are taken if more members may join. */
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

    /** The holder with the lowest number; null if there is none. */
    Session first() {
        for (Session session : sessions) {
            if (session != null) {
                return session;
            }
        }
        return null;
    }
}
