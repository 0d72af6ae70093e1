package org.eden4j.transport.aggregator;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.mean.DropCounters;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregator's state machine: one duty cycle receives what came, tells every member what is due, closes rounds, and
 * looks at the clock. One thread, no locks; nothing in it blocks but opening a lost way again.
 *
 * <pre>
 * ASSEMBLING --all here, none has a state--------------&gt; RUNNING --the last member left--&gt; FAREWELL --&gt; ENDED
 *    |    \                                               ^  |
 *    |     +--enough came back--&gt; RESTORING --supplied----+  |
 *    +--time is up, closed-----------------------------------+--round given up, all gone, closed--&gt; FAREWELL
 * </pre>
 *
 * <p>What comes in is {@link UplinkDesk}'s business, rounds are {@link Rounds}', states {@link StateDesk}'s.
 */
public final class AggregatorAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorAgent.class);
    private static final int FRAGMENTS = 8;
    /** Duty cycles of nothing to do, before what waits for more to be added with is added: about a millisecond. */
    private static final int PATIENCE = 10;

    private enum Phase {
        ASSEMBLING, RESTORING, RUNNING, FAREWELL, ENDED
    }

    private final Supplier<AggregatorLink> opener;
    private final PatientClock clock;
    private final Consumer<RoundStatistics> onRound;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Arena arena = Arena.ofShared();
    private final Members members;
    private final Sessions sessions;
    private final DropCounters drops = new DropCounters();
    private final JobTally tally = new JobTally(drops);
    private final UplinkDesk incoming;
    private final UplinkAdapter adapter;

    private AggregatorLink link;
    private JobTerms terms;
    private Phase phase = Phase.ASSEMBLING;
    private volatile boolean closeRequested;
    private volatile Standing standing = Standing.NONE;
    private final Assembly assembly;
    private long farewellNs;
    private long tickNs;
    private long lostNs;
    private long reopenNs;
    private long reopenDelayNs;
    /** Whether the member that was heard last has left: then nobody is waited for. */
    private boolean lastLeft;
    /** Since when there is no member, 0 if there is one. */
    private long emptyNs;
    private int idleCycles;
    private TransportException failure;

    private JobState state;
    private StateDesk states;
    private Rounds rounds;

    public AggregatorAgent(AggregatorLink link, Supplier<AggregatorLink> opener, JobTerms terms, NanoClock nanoClock,
            Consumer<RoundStatistics> onRound) {
        this.link = link;
        this.opener = opener;
        this.terms = terms;
        this.onRound = onRound;
        clock = new PatientClock(nanoClock);
        members = new Members(terms.workers());
        sessions = new Sessions(terms.workers());
        assembly = new Assembly(members, clock);
        incoming = new UplinkDesk(this, members, sessions, drops, clock);
        adapter = new UplinkAdapter(incoming);
    }

    /** Completes when every member left; exceptionally when the job failed. */
    public CompletableFuture<Void> end() {
        return end;
    }

    /** Ends the job from another thread: members are told. */
    public void requestClose() {
        closeRequested = true;
    }

    /** Where the job stands, a tick ago; from any thread. */
    public Standing standing() {
        return standing;
    }

    JobTerms terms() {
        return terms;
    }

    AggregatorLink link() {
        return link;
    }

    /** Null before the first member. */
    StateDesk states() {
        return states;
    }

    /** Null unless the job runs, or ran and is ending. */
    Rounds rounds() {
        return rounds;
    }

    JobState state() {
        return state;
    }

    boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    boolean isEnding() {
        return phase == Phase.FAREWELL || phase == Phase.ENDED;
    }

    /** Whether means are of no use without the state that members share. */
    boolean hasModel() {
        return state != null && state.isShared();
    }

    /** The encoded mean of a round, as far as it is ready; null if it is not kept. */
    MeanStore store(long round) {
        return rounds == null ? null : rounds.store(round);
    }

    @Override
    public String roleName() {
        return "eden4j-aggregator";
    }

    @Override
    public int doWork() {
        try {
            return dutyCycle();
        } catch (TransportException e) {
            fail(FailureCode.INTERNAL, e);
        } catch (NonFiniteGradientException e) {
            fail(FailureCode.INTERNAL, new TransportException(
                    "the mean of round " + rounds.current() + " cannot be sent as " + terms.downlink() + ": "
                            + e.getMessage(),
                    e));
        } catch (AgentTerminationException e) {
            throw e;
        } catch (RuntimeException e) {
            if (link == null || !link.isClosed()) {
                fail(FailureCode.INTERNAL, new TransportException("the aggregator failed: " + e, e));
            }
        }
        return 1;
    }

    private int dutyCycle() {
        if (phase == Phase.ENDED) {
            throw new AgentTerminationException();
        }
        clock.advance();
        if (closeRequested && phase != Phase.FAREWELL) {
            fail(FailureCode.CLOSED, new TransportException("the aggregator was closed"));
        }
        if (!isLinked()) {
            return 0;
        }
        int work = incoming.counted(link.uplink().poll(adapter, FRAGMENTS));
        if (link.updates() != null) {
            work += link.updates().poll(adapter, FRAGMENTS);
        }
        if (phase == Phase.RUNNING) {
            work += rounds.addDue() ? 1 : 0;
            work += checkRound();
        }
        for (int i = sessions.all().size() - 1; i >= 0; i--) {
            work += serve(sessions.all().get(i));
        }
        if (clock.realNs() - tickNs > Protocol.TICK_NS) {
            tickNs = clock.realNs();
            tick();
            link.counters().show(tally);
        }
        idleCycles = work > 0 ? 0 : idleCycles + 1;
        return idleCycles > PATIENCE && phase == Phase.RUNNING && rounds.addEarly() ? 1 : work;
    }

    /** Opens a lost way again, from time to time, until it is given up. */
    private boolean isLinked() {
        if (link != null && !link.isClosed()) {
            return true;
        }
        if (phase == Phase.FAREWELL) {
            phase = Phase.ENDED;
            return false;
        }
        long nowNs = clock.realNs();
        if (link != null) {
            LOG.warn("{}; the aggregator looks for a new one", MediaDriverHost.LOST);
            sessions.clear();
            for (int place = 0; place < members.places(); place++) {
                if (members.at(place) != null) {
                    gone(members.at(place), false);
                }
            }
            link.close();
            link = null;
            lostNs = nowNs;
            reopenNs = nowNs;
            reopenDelayNs = Protocol.REOPEN_NS;
        }
        if (nowNs - reopenNs < 0) {
            return false;
        }
        try {
            link = opener.get();
            LOG.info("the aggregator listens again at {}", link.connection().channels().address());
        } catch (RuntimeException e) {
            if (nowNs - lostNs > terms.joinTimeoutNs()) {
                fail(FailureCode.INTERNAL, new TransportException(MediaDriverHost.LOST + ", and there was no other for "
                        + TimeUnit.NANOSECONDS.toMillis(nowNs - lostNs) + " ms: " + e.getMessage(), e));
            }
            LOG.debug("no way yet", e);
            reopenDelayNs = Math.min(2 * reopenDelayNs, Protocol.SLOWEST_REOPEN_NS);
            reopenNs = clock.realNs() + reopenDelayNs;
        }
        return link != null;
    }

    private int checkRound() {
        try {
            return rounds.check() ? 1 : 0;
        } catch (TransportException e) {
            fail(FailureCode.NO_QUORUM, e);
            return 1;
        }
    }

    private int serve(Session session) {
        try {
            return session.isConnecting() && !Sessions.connect(link, session) ? 0
                    : session.service(this, clock.nowNs());
        } catch (TransportException e) {
            LOG.warn("{} cannot be reached any more: {}", session, e.getMessage());
            remove(session);
            return 1;
        }
    }

    // ---- members

    /** Gives a place to a peer whose join was granted. */
    void admit(Session session, int place, long identity, int dimension) {
        if (state == null) {
            terms = terms.withDimension(dimension);
            state = new JobState(terms);
            states = new StateDesk(terms, members, state, drops);
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
        session.index = place;
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
        StateLabel held = session.held;
        if (held.epoch() == terms.epoch() && rounds.canFollow(held.round())) {
            session.synced(held.round());
            if (held.kind() == StateKind.UNDECIDED) {
                session.sync = Session.Sync.INITIAL;
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
        lastLeft = left || lastLeft && session.silent;
        if (phase == Phase.RUNNING) {
            rounds.withdraw(session);
        }
    }

    private void remove(Session session) {
        if (session.isMember()) {
            gone(session, false);
        }
        sessions.forget(session);
    }

    /** The source has supplied a whole state. */
    void supplied(Session source, StateImage image) {
        if (phase == Phase.RESTORING) {
            state.restore(image);
            begin(image.round());
            members.where(_ -> true).stream().mapToObj(members::at).forEach(member -> {
                if (member.held.equals(source.held)) {
                    member.synced(image.round());
                } else {
                    member.behind(image.round());
                }
            });
            LOG.info("worker {} has restored the job, it goes on with round {}", source.index, image.round());
        } else if (source.sync == Session.Sync.SYNCED) {
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
        if (!furthest.held.isBlank()) {
            phase = Phase.RESTORING;
            states.ask(furthest);
            return;
        }
        members.where(_ -> true).stream().mapToObj(members::at).forEach(member -> {
            member.synced(0);
            member.sync = Session.Sync.INITIAL;
        });
        begin(0);
        LOG.info("job of {} workers starts: dimension {}, up {}, down {}, MTU {}", members.places(), terms.dimension(),
                terms.method(), terms.downlink(), terms.mtu());
    }

    // ---- time and ends

    private void tick() {
        for (int i = sessions.all().size() - 1; i >= 0; i--) {
            look(sessions.all().get(i));
        }
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
                standing = rounds.standing();
                states.serve(rounds);
                lookForMembers();
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

    private void lookForMembers() {
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

    private void look(Session session) {
        boolean lost = link.uplink().imageBySessionId(session.sessionId) == null;
        if (lost) {
            if (session.isMember()) {
                LOG.warn("{} is gone", session);
            }
            remove(session);
        } else if (session.isMember() && !session.silent
                && clock.nowNs() - session.lastHeardNs > Protocol.MEMBER_LIVENESS_NS) {
            LOG.warn("{} has been silent for {} ms, the job does not wait for it", session,
                    TimeUnit.NANOSECONDS.toMillis(clock.nowNs() - session.lastHeardNs));
            session.silent = true;
            if (phase == Phase.RUNNING) {
                rounds.withdraw(session);
            }
        }
    }

    private void farewell() {
        phase = Phase.FAREWELL;
        farewellNs = clock.realNs();
    }

    private void fail(FailureCode code, TransportException reason) {
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
    public void onClose() {
        sessions.clear();
        if (link != null) {
            link.counters().show(tally);
            link.close();
        }
        if (state != null) {
            states.close();
            state.close();
        }
        arena.close();
        if (failure != null) {
            end.completeExceptionally(failure);
        } else {
            end.complete(null);
        }
    }
}
