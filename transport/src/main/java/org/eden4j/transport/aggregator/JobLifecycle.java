package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.JobTally;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.state.LayoutReceiver;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.SupplyCheck;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.JoinRequest;
import org.eden4j.transport.wire.Protocol;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job from its first member until it ends: its members, its phase, and the reason for its end. It refers to peers,
 * not to links. Single-threaded, like the agent that owns it.
 *
 * <pre>
 * ASSEMBLING --enough here, none has a state-----------&gt; RUNNING --the last member left--&gt; FAREWELL --&gt; ENDED
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
    private final JobTally tally;
    private final PatientClock clock;
    private final LongWork work;
    private final Consumer<RoundStatistics> onRound;
    private final Arena arena = Arena.ofShared();
    private final Assembly assembly;
    private final Vacancy vacancy = new Vacancy();
    private final Agreement agreement;
    private Phase phase = Phase.ASSEMBLING;
    private long farewellNs;
    private TransportException failure;
    private Rounds rounds;

    JobLifecycle(JobTerms terms, Members members, Sessions sessions, JobTally tally,
            PatientClock clock, LongWork work, Consumer<RoundStatistics> onRound) {
        this.members = members;
        this.sessions = sessions;
        this.tally = tally;
        this.clock = clock;
        this.work = work;
        this.onRound = onRound;
        agreement = new Agreement(terms, members, tally.drops());
        assembly = new Assembly(members, tally.drops(), clock);
    }

    JobTerms terms() {
        return agreement.terms();
    }

    /** Returns the members' agreement. */
    Agreement agreement() {
        return agreement;
    }

    /** Returns the rounds; null unless the job runs, or ran and is ending. */
    Rounds rounds() {
        return rounds;
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

    /** Returns why the job failed; null if it did not. */
    TransportException failure() {
        return failure;
    }

    /** Parses a complete layout; a long one takes about a second. */
    UpdateLayout parse(LayoutReceiver layout) {
        return work.call(layout.isLong() ? LongWork.SHORT_BYTES : 0, layout::layout);
    }

    /** Returns whether a new worker must ask again later, see {@link Assembly#holdsBack}. */
    boolean holdsBack(JoinRequest join) {
        return rounds == null && assembly.holdsBack(join);
    }

    /** Gives a place to a peer whose join was granted. */
    void admit(Session session, JoinRequest join, Admission.Granted granted) {
        int place = granted.index();
        long identity = join.identity();
        Session former = members.at(place);
        if (former != null) {
            LOG.info("worker {} joins again, its former session ends", place);
            gone(former, false);
            if (members.succeed(former, session, members.belongsTo(place, identity))) {
                sessions.forget(former);
            }
        }
        agreement.admit(granted.layout(), join.agreement());
        session.seat(place);
        members.seat(place, session, identity);
        session.notices().welcome(rounds == null ? 0 : rounds.current());
        vacancy.end();
        LOG.debug("worker {} joined", place);
        if (phase == Phase.RUNNING) {
            session.enter(terms().epoch(), rounds.canFollow(session.held().round()), rounds.current());
        } else {
            assembly.came(session);
            assemble();
        }
    }

    /** Removes a member that has left or is lost; its place is free again. */
    void gone(Session session, boolean left) {
        members.vacate(session);
        if (session.isMember()) {
            session.end(left ? Peer.State.LEFT : Peer.State.DEAD);
        }
        vacancy.gone(session, left);
        if (phase == Phase.RUNNING) {
            rounds.withdraw(session);
        } else if (members.count() == 0 && !isEnding()) {
            agreement.forget();
            phase = Phase.ASSEMBLING;
        }
    }

    /** Removes a peer permanently. */
    void remove(Session session) {
        if (session.isMember()) {
            gone(session, false);
        }
        sessions.forget(session);
    }

    /** Handles the loss of the link: all members must join again. */
    void disconnect() {
        sessions.clear();
        members.forEach(_ -> true, member -> gone(member, false));
    }

    /** Stops waiting for a member that has been silent for too long. */
    void checkSilence(Session session) {
        if (session.isMember() && session.liveness().fallsSilent(clock.nowNs(), Protocol.MEMBER_LIVENESS_NS)) {
            LOG.warn("{} has been silent for {} ms, the job does not wait for it", session,
                    TimeUnit.NANOSECONDS.toMillis(session.liveness().silenceNs(clock.nowNs())));
            if (phase == Phase.RUNNING) {
                rounds.withdraw(session);
            }
        }
    }

    /** Returns the check of the state that the source must supply now. */
    SupplyCheck check(Session source) {
        return phase == Phase.RESTORING ? SupplyCheck.ofRestorer(source.index(), source.held())
                : agreement.states().check(source, rounds);
    }

    /** Rejects a state that a member cannot have: it learns the reason and loses its place, and another one is asked. */
    void refuse(Session source, String reason) {
        LOG.warn("{}", reason);
        gone(source, true);
        source.notices().fail(FailureCode.MISMATCH, reason);
        source.notices().goodbye();
    }

    /** Accepts a complete state from the source. */
    void supplied(Session source, StateImage image) {
        String flaw = work.call(image.totalBytes(), () -> check(source).flaw(image, terms()));
        if (flaw != null) {
            refuse(source, flaw);
        } else if (phase == Phase.RESTORING) {
            agreement.state().restore(image);
            begin(image.round());
            members.forEach(_ -> true, member -> member.restored(source.held(), image.round()));
            LOG.info("worker {} has restored the job, which continues with round {}", source.index(), image.round());
        } else {
            agreement.states().take(source, image, rounds.current());
        }
    }

    private void begin(long round) {
        JobTerms terms = terms();
        rounds = work.call(terms.vectorBytes(),
                () -> new Rounds(terms, members, agreement.state(), tally, clock, work, onRound, round, arena));
        phase = Phase.RUNNING;
    }

    private void assemble() {
        JobTerms terms = terms();
        if (phase != Phase.ASSEMBLING || !assembly.isComplete(terms.quorum())) {
            return;
        }
        Session furthest = assembly.furthest(terms.quorum());
        if (!furthest.held().isBlank()) {
            phase = Phase.RESTORING;
            agreement.states().ask(furthest, furthest.held().kind().restoringParts());
            return;
        }
        members.forEach(_ -> true, member -> member.initial(0));
        begin(0);
        LOG.info("job of {} workers starts: dimension {}, up {}, down {}, MTU {}", members.count(), terms.dimension(),
                terms.method(), terms.downlink(), terms.mtu());
    }

    /**
     * Adds contributions that no longer wait, and closes the open round if it is due.
     *
     * @return whether there was anything to do
     */
    boolean advance() {
        if (phase != Phase.RUNNING) {
            return false;
        }
        if (rounds.current() > Protocol.LAST_ROUND) {
            fail(FailureCode.INTERNAL,
                    new TransportException("the job has had all its " + rounds.current() + " rounds"));
            return true;
        }
        boolean added = rounds.addDue();
        try {
            boolean changed = rounds.check();
            agreement.states().realign(rounds);
            agreement.states().catchUp(rounds);
            return changed || added;
        } catch (TransportException e) {
            fail(FailureCode.NO_QUORUM, e);
            return true;
        }
    }

    /** Checks the deadlines. */
    void tick() {
        switch (phase) {
            case ASSEMBLING -> {
                assemble();
                if (phase == Phase.ASSEMBLING && assembly.isLate(terms().joinTimeoutNs())) {
                    fail(FailureCode.NOT_STARTED, assembly.lateness(terms().joinTimeoutNs()));
                }
            }
            case RESTORING -> phase = agreement.states().isAsking() ? phase : Phase.ASSEMBLING;
            case RUNNING -> {
                agreement.states().serve(rounds, vacancy.orphans(members, clock.realNs(), terms().joinTimeoutNs()));
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
        if (vacancy.isFinal()) {
            farewell();
        } else if (vacancy.lastsLonger(clock.realNs(), terms().joinTimeoutNs())) {
            fail(FailureCode.INTERNAL,
                    Vacancy.failure(members.everCount(), rounds.current(), terms().joinTimeoutNs()));
        }
    }

    private void farewell() {
        phase = Phase.FAREWELL;
        farewellNs = clock.realNs();
    }

    /** Ends the job at once, without a farewell, because there is no link. */
    void end() {
        phase = Phase.ENDED;
    }

    /** Ends the job; members learn the reason. */
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
        members.forEach(_ -> true, member -> member.notices().fail(code, reason.getMessage()));
    }

    @Override
    public void close() {
        agreement.close();
        arena.close();
    }
}
