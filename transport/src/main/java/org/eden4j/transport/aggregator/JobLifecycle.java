package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job from its first member to its end: who is a member, in which phase the job is, and why it ends. It knows peers, not
 * the link that they came on. Single-threaded, as the agent that owns it.
 *
 * <pre>
 * ASSEMBLING --all here, none has a state--------------&gt; RUNNING --the last member left--&gt; FAREWELL --&gt; ENDED
 *    |    \                                               ^  |
 *    |     +--enough came back--&gt; RESTORING --supplied----+  |
 *    +--time is up, closed-----------------------------------+--round given up, all gone, closed--&gt; FAREWELL
 * </pre>
 */
final class JobLifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobLifecycle.class);

    private enum Phase {
        ASSEMBLING, RESTORING, RUNNING, FAREWELL, ENDED
    }

    private final Members members;
    private final Sessions sessions;
    private final DropCounters drops;
    private final JobTally tally;
    private final PatientClock clock;
    private final Consumer<RoundStatistics> onRound;
    private final Arena arena = Arena.ofShared();
    private final Assembly assembly;

    private JobTerms terms;
    private Phase phase = Phase.ASSEMBLING;
    private long farewellNs;
    /** Whether the member that was heard last has left: then nobody is waited for. */
    private boolean lastLeft;
    /** Since when there is no member, 0 if there is one. */
    private long emptyNs;
    private TransportException failure;

    private JobState state;
    private StateHandler states;
    private Rounds rounds;

    JobLifecycle(JobTerms terms, Members members, Sessions sessions, DropCounters drops, JobTally tally,
            PatientClock clock, Consumer<RoundStatistics> onRound) {
        this.terms = terms;
        this.members = members;
        this.sessions = sessions;
        this.drops = drops;
        this.tally = tally;
        this.clock = clock;
        this.onRound = onRound;
        assembly = new Assembly(members, clock);
    }

    JobTerms terms() {
        return terms;
    }

    /** Null before the first member. */
    StateHandler states() {
        return states;
    }

    /** Null unless the job runs, or ran and is ending. */
    Rounds rounds() {
        return rounds;
    }

    /** What members have in common; null before the first member. */
    JobState state() {
        return state;
    }

    boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    boolean isEnding() {
        return phase == Phase.FAREWELL || phase == Phase.ENDED;
    }

    boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /** Why the job failed; null if it did not. */
    TransportException failure() {
        return failure;
    }

    /** Whether means are of no use without the state that members share. */
    boolean isShared() {
        return state != null && state.isShared();
    }

    /** The encoded mean of a round, as far as it is ready; null if it is not kept. */
    MeanStore store(long round) {
        return rounds == null ? null : rounds.store(round);
    }

    // ---- members

    /** Gives a place to a peer whose join was granted. */
    void admit(Session session, int place, long identity, int dimension) {
        if (state == null) {
            terms = terms.withDimension(dimension);
            state = new JobState(terms);
            states = new StateHandler(terms, members, state, drops);
        }
        Session former = members.at(place);
        if (former != null) {
            boolean same = members.belongsTo(place, identity);
            LOG.info("worker {} joins again, its former session ends", place);
            gone(former, false);
            former.end(same ? Session.State.DEAD : Session.State.REJECTED);
            if (same) {
                sessions.forget(former);
            } else {
                former.notices()
                    .fail(FailureCode.REPLACED, "worker number " + place + " was given to another worker,"
                            + " this one had been silent");
            }
        }
        session.seat(place);
        members.seat(place, session, identity);
        session.notices().welcome(rounds == null ? 0 : rounds.current());
        emptyNs = 0;
        LOG.debug("worker {} joined", place);
        if (phase == Phase.RUNNING) {
            enter(session);
        } else {
            assembly.came(session);
            assemble();
        }
    }

    /** Lets a member into the running job: at once if it needs nothing but means that are kept. */
    private void enter(Session session) {
        StateLabel held = session.held();
        if (held.epoch() == terms.epoch() && rounds.canFollow(held.round())) {
            if (held.kind() == StateKind.UNDECIDED) {
                session.initial(held.round());
            } else {
                session.synced(held.round());
            }
        } else {
            session.behind(rounds.current());
        }
    }

    /** A member has left, or is lost; its place may be taken again. */
    void gone(Session session, boolean left) {
        members.vacate(session);
        if (session.isMember()) {
            session.end(left ? Session.State.LEFT : Session.State.DEAD);
        }
        lastLeft = left || lastLeft && session.isSilent();
        if (phase == Phase.RUNNING) {
            rounds.withdraw(session);
        }
    }

    /** A peer is gone for good. */
    void remove(Session session) {
        if (session.isMember()) {
            gone(session, false);
        }
        sessions.forget(session);
    }

    /** The link is lost: all members have to come again. */
    void disconnect() {
        sessions.clear();
        for (int place = 0; place < members.places(); place++) {
            if (members.at(place) != null) {
                gone(members.at(place), false);
            }
        }
    }

    /** Nobody waits any more for a member that has been silent for too long. */
    void checkSilence(Session session) {
        long silenceNs = session.silenceNs(clock.nowNs());
        if (!session.isMember() || session.isSilent() || silenceNs <= Protocol.MEMBER_LIVENESS_NS) {
            return;
        }
        LOG.warn("{} has been silent for {} ms, the job does not wait for it", session,
                TimeUnit.NANOSECONDS.toMillis(silenceNs));
        session.fallSilent();
        if (phase == Phase.RUNNING) {
            rounds.withdraw(session);
        }
    }

    // ---- phases

    /** The source has supplied a whole state. */
    void supplied(Session source, StateImage image) {
        if (phase == Phase.RESTORING) {
            state.restore(image);
            begin(image.round());
            members.where(_ -> true).stream().mapToObj(members::at).forEach(member -> {
                if (member.held().equals(source.held())) {
                    member.synced(image.round());
                } else {
                    member.behind(image.round());
                }
            });
            LOG.info("worker {} has restored the job, it goes on with round {}", source.index(), image.round());
        } else if (source.sync() == Session.Sync.SYNCED) {
            state.relay(image);
        } else {
            state.restore(image);
            source.synced(image.round());
        }
    }

    private void begin(long round) {
        rounds = new Rounds(terms, members, state, drops, tally, clock, onRound, round, arena);
        phase = Phase.RUNNING;
    }

    private void assemble() {
        if (phase != Phase.ASSEMBLING || !assembly.isComplete(terms.quorum())) {
            return;
        }
        Session furthest = assembly.furthest();
        if (!furthest.held().isBlank()) {
            phase = Phase.RESTORING;
            states.ask(furthest);
            return;
        }
        members.where(_ -> true).stream().mapToObj(members::at).forEach(member -> member.initial(0));
        begin(0);
        LOG.info("job of {} workers starts: dimension {}, up {}, down {}, MTU {}", members.places(), terms.dimension(),
                terms.method(), terms.downlink(), terms.mtu());
    }

    /**
     * Adds what waits for nobody any more, and closes the open round if it is time to.
     *
     * @return whether there was anything to do
     */
    boolean advance() {
        if (phase != Phase.RUNNING) {
            return false;
        }
        boolean added = rounds.addDue();
        try {
            return rounds.check() || added;
        } catch (TransportException e) {
            fail(FailureCode.NO_QUORUM, e);
            return true;
        }
    }

    /**
     * Adds some of what waits for more to be added with.
     *
     * @return whether there was anything to do
     */
    boolean addEarly() {
        return phase == Phase.RUNNING && rounds.addEarly();
    }

    /** Looks at the clock. */
    void tick() {
        switch (phase) {
            case ASSEMBLING -> {
                assemble();
                if (phase == Phase.ASSEMBLING && assembly.isLate(terms.joinTimeoutNs())) {
                    fail(FailureCode.NOT_STARTED, assembly.lateness(terms.joinTimeoutNs()));
                }
            }
            case RESTORING -> {
                if (!states.isAsking()) {
                    phase = Phase.ASSEMBLING;
                }
            }
            case RUNNING -> {
                states.serve(rounds);
                checkMembers();
            }
            case FAREWELL -> {
                if (sessions.areThrough() || clock.realNs() - farewellNs > Protocol.FAREWELL_NS) {
                    phase = Phase.ENDED;
                }
            }
            case ENDED -> {
            }
        }
    }

    private void checkMembers() {
        if (members.count() > 0 || rounds.isAnyDue()) {
            return;
        }
        long nowNs = clock.realNs();
        if (lastLeft) {
            farewell();
        } else if (emptyNs == 0) {
            emptyNs = nowNs;
        } else if (nowNs - emptyNs > terms.joinTimeoutNs()) {
            fail(FailureCode.INTERNAL, new TransportException("all " + members.places() + " workers are gone after "
                    + rounds.current() + " rounds, and none of them left or came back within "
                    + TimeUnit.NANOSECONDS.toMillis(terms.joinTimeoutNs()) + " ms"));
        }
    }

    private void farewell() {
        phase = Phase.FAREWELL;
        farewellNs = clock.realNs();
    }

    /** Ends the job at once: there is no link to say farewell on. */
    void end() {
        phase = Phase.ENDED;
    }

    /** Ends the job; members are told why. */
    void fail(FailureCode code, TransportException reason) {
        if (isEnding()) {
            LOG.debug("while ending", reason);
            return;
        }
        if (code != FailureCode.CLOSED) {
            LOG.error("the job fails: {}", reason.getMessage());
            failure = reason;
        }
        farewell();
        for (Session session : sessions.all()) {
            if (session.isMember()) {
                session.notices().fail(code, reason.getMessage());
            }
        }
    }

    @Override
    public void close() {
        if (state != null) {
            states.close();
            state.close();
        }
        arena.close();
    }
}
