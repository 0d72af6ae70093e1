package org.eden4j.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.JoinDecoder;
import org.eden4j.transport.sbe.LeaveDecoder;
import org.eden4j.transport.sbe.ModelDecoder;
import org.eden4j.transport.sbe.ModelEndDecoder;
import org.eden4j.transport.sbe.UpdateDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The aggregator's state machine: one duty cycle receives what came, tells every member what is due, closes rounds, and
 * looks at the clock. One thread, no locks; nothing in it blocks.
 *
 * <pre>
 * JOINING --all members here--&gt; RUNNING --every member left--&gt; ENDED
 *    |                             |
 *    +--time is up, closed---------+--no quorum, closed--&gt; FAREWELL --all told--&gt; ENDED
 * </pre>
 *
 * <p>A round waits for the members that were alive when its first frame came. It is closed when all of them are
 * complete, gone or silent, or at its deadline, which runs from that first frame.
 */
final class AggregatorAgent implements Agent, UplinkListener {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorAgent.class);
    private static final int FRAGMENTS = 8;
    /** Peers beyond the members that are answered at a time; more are not listened to. */
    private static final int MOST_STRANGERS = 64;
    /** The member that supplies the initial model. */
    static final int MODEL_SOURCE = 0;
    /** Flag of a heartbeat: the member waits for the initial model. */
    static final int AWAITS_MODEL = 1;

    private enum Phase {
        JOINING, RUNNING, FAREWELL, ENDED
    }

    private final Aeron aeron;
    private final Subscription uplink;
    private final UplinkAdapter adapter = new UplinkAdapter(this);
    private final Channels channels;
    private final PatientClock clock;
    private final Consumer<RoundStatistics> onRound;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Arena arena = Arena.ofShared();
    private final Int2ObjectHashMap<Session> sessions = new Int2ObjectHashMap<>();
    private final List<Session> serviced = new ArrayList<>();
    private final Session[] members;
    private final DropCounters drops = new DropCounters();

    private JobTerms terms;
    private Phase phase = Phase.JOINING;
    private volatile boolean closeRequested;
    private final long startNs;
    private long farewellNs;
    private long tickNs;
    /** Received in this duty cycle: no work, or an idle agent would never park for long. */
    private int heartbeats;
    private TransportException failure;

    private FrameLayout layout;
    private RoundCollector collector;
    private MeanStore[] stores;
    private ModelRelay relay;
    private boolean modelShared;
    private long round;
    private boolean begun;
    private long firstFrameNs;
    private long reportRound;

    AggregatorAgent(Aeron aeron, Subscription uplink, Channels channels, JobTerms terms, NanoClock nanoClock,
            Consumer<RoundStatistics> onRound) {
        this.aeron = aeron;
        this.uplink = uplink;
        this.channels = channels;
        this.terms = terms;
        this.onRound = onRound;
        clock = new PatientClock(nanoClock);
        startNs = clock.realNs();
        members = new Session[terms.workers()];
    }

    /** Completes when every member left; exceptionally when the job failed. */
    CompletableFuture<Void> end() {
        return end;
    }

    /** Ends the job from another thread: members are told. */
    void requestClose() {
        closeRequested = true;
    }

    JobTerms terms() {
        return terms;
    }

    ModelRelay relay() {
        return relay;
    }

    /** The encoded mean of a round, as far as it is ready; null before the round. */
    MeanStore store(long wanted) {
        if (stores == null) {
            return null;
        }
        MeanStore store = stores[(int) (wanted % stores.length)];
        return store.round == wanted ? store : null;
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
                    "the mean of round " + round + " cannot be sent as " + terms.downlink() + ": " + e.getMessage(),
                    e));
        } catch (AgentTerminationException e) {
            throw e;
        } catch (RuntimeException e) {
            fail(FailureCode.INTERNAL, new TransportException("the aggregator failed: " + e, e));
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
        heartbeats = 0;
        int work = uplink.poll(adapter, FRAGMENTS) - heartbeats;
        if (phase == Phase.RUNNING) {
            work += checkRound();
        }
        for (int i = 0; i < serviced.size(); i++) {
            work += serve(serviced.get(i));
        }
        if (clock.realNs() - tickNs > Protocol.TICK_NS) {
            tickNs = clock.realNs();
            tick();
        }
        return work;
    }

    private int serve(Session session) {
        if (session.isConnecting() && !connect(session)) {
            return 0;
        }
        try {
            return session.service(this, clock.nowNs());
        } catch (TransportException e) {
            LOG.warn("{} cannot be reached any more: {}", session, e.getMessage());
            died(session);
            return 1;
        }
    }

    private boolean connect(Session session) {
        try {
            ExclusivePublication publication = aeron.getExclusivePublication(session.registrationId());
            if (publication == null) {
                return false;
            }
            session.connected(new DownlinkProxy(new Claims(publication)));
            return true;
        } catch (RegistrationException e) {
            LOG.warn("no way back to {}: {}", session, e.getMessage());
            died(session);
            return false;
        }
    }

    // ---- what comes in

    @Override
    public void onJoin(int sessionId, JoinDecoder join, String method, String endpoint) {
        Session known = sessions.get(sessionId);
        if (known != null) {
            known.lastHeardNs = clock.nowNs();
            known.answerAgain();
            return;
        }
        if (sessions.size() >= members.length + MOST_STRANGERS || !channels.isAnswerable(endpoint, join.stream())
                || phase == Phase.FAREWELL) {
            drops.foreign++;
            return;
        }
        String channel = channels.downlink(endpoint);
        long registrationId = aeron.asyncAddExclusivePublication(channel, channels.downlinkStream(join.stream()));
        Session session = new Session(sessionId, join.token(), registrationId, clock.nowNs());
        sessions.put(sessionId, session);
        serviced.add(session);
        Admission admission = phase == Phase.JOINING
                ? Admission.judge(join, method, terms, members)
                : new Admission.Refused(RejectCode.JOB_STARTED,
                        "the job has started with its " + members.length + " workers");
        switch (admission) {
            case Admission.Refused refused -> {
                LOG.info("refused a worker: {}", refused.reason());
                session.reject(refused.code(), refused.reason(), clock.nowNs());
            }
            case Admission.Granted granted -> admit(session, granted.index(), join.dimension());
        }
    }

    private void admit(Session session, int index, int dimension) {
        terms = terms.withDimension(dimension);
        members[index] = session;
        session.welcome(index);
        LOG.debug("worker {} joined", index);
        if (memberCount() == members.length) {
            start();
        }
    }

    private int memberCount() {
        int count = 0;
        for (Session member : members) {
            if (member != null && member.isMember()) {
                count++;
            }
        }
        return count;
    }

    private void start() {
        layout = FrameLayout.of(terms.method(), terms.dimension(), terms.mtu());
        FrameLayout down = FrameLayout.of(terms.downlink(), terms.dimension(), terms.mtu());
        collector = new RoundCollector(layout, down, members.length, terms.jobSeed(), arena);
        stores = new MeanStore[]{new MeanStore(down, arena), new MeanStore(down, arena)};
        phase = Phase.RUNNING;
        for (Session member : members) {
            member.start();
        }
        LOG.info("job of {} workers starts: dimension {}, up {}, down {}, MTU {}", members.length, terms.dimension(),
                terms.method(), terms.downlink(), terms.mtu());
        openRound();
    }

    @Override
    public void onUpdate(int sessionId, UpdateDecoder update, long payload, int payloadLength) {
        Session session = heard(sessionId);
        if (session == null) {
            return;
        }
        if ((int) update.epoch() != terms.epoch()) {
            drops.stale++;
        } else if (update.worker() != session.index) {
            drops.foreign++;
        } else if (phase != Phase.RUNNING || update.round() > round || update.method() != layout.method().wireId()
                || update.frame() >= layout.frameCount()
                || payloadLength != layout.payloadBytes((int) update.frame()) || !isWeight(update.weight())) {
            drops.rejected++;
        } else if (update.round() < round) {
            drops.late++;
        } else {
            contribute(session, (int) update.frame(), update.weight(), payload, payloadLength);
        }
    }

    private static boolean isWeight(float weight) {
        return weight >= 0 && weight <= Float.MAX_VALUE;
    }

    private void contribute(Session session, int frame, float weight, long payload, int payloadLength) {
        if (!begun) {
            BitSet expected = awaited();
            collector.expect(expected);
            store(round).members.or(expected);
            begun = true;
            firstFrameNs = clock.realNs();
        }
        int worker = session.index;
        if (collector.hasArrived(worker, frame)) {
            drops.duplicate++;
        } else if (!collector.expected().get(worker)) {
            drops.late++;
        } else if (collector.contradictsWeight(worker, weight)) {
            drops.rejected++;
        } else {
            drops.rejected += collector.accept(worker, frame, weight, payload);
            MeanStore store = store(round);
            store.bytesUp += FrameLayout.HEADER_BYTES + payloadLength;
            store.framesUp++;
        }
    }

    @Override
    public void onModel(int sessionId, ModelDecoder model, long payload, int payloadLength) {
        Session session = heard(sessionId);
        if (session == null) {
            return;
        }
        if ((int) model.epoch() != terms.epoch()) {
            drops.stale++;
        } else if (model.worker() != session.index || session.index != MODEL_SOURCE) {
            drops.foreign++;
        } else if (phase != Phase.RUNNING || begun || round > 0 || modelShared) {
            drops.late++;
        } else {
            if (relay == null) {
                relay = new ModelRelay(terms.dimension(), terms.mtu(), session.index);
            }
            if (!relay.accept(model.frame(), payload, payloadLength)) {
                drops.rejected++;
            }
        }
    }

    @Override
    public void onModelEnd(int sessionId, ModelEndDecoder modelEnd) {
        Session session = heard(sessionId);
        if (session == null) {
            return;
        }
        if ((int) modelEnd.epoch() != terms.epoch()) {
            drops.stale++;
        } else if (relay == null || relay.source() != session.index || relay.hasEnded()) {
            drops.foreign++;
        } else if (!relay.end(modelEnd.hash())) {
            fail(FailureCode.INTERNAL, new TransportException("the model that " + session + " shared came in damaged: "
                    + relay.received() + " of " + relay.frameCount() + " frames, or another hash than it declared"));
        }
    }

    /** Whether all members but one have the whole model. */
    boolean othersHaveModel(Session source) {
        for (Session member : members) {
            if (member != source && member.isMember() && !member.isModelEnded()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onHeartbeat(int sessionId, HeartbeatDecoder heartbeat) {
        heartbeats++;
        Session session = heard(sessionId);
        if (session == null) {
            return;
        }
        if ((int) heartbeat.epoch() != terms.epoch()) {
            drops.stale++;
        } else {
            session.awaitsModel = (heartbeat.flags() & AWAITS_MODEL) != 0;
        }
    }

    @Override
    public void onLeave(int sessionId, LeaveDecoder leave, String reason) {
        Session session = sessions.get(sessionId);
        if (session == null || leave.worker() != session.index) {
            drops.foreign++;
        } else if ((int) leave.epoch() != terms.epoch()) {
            drops.stale++;
        } else if (session.isMember()) {
            if (!reason.isEmpty()) {
                LOG.warn("worker {} leaves: {}", session.index, reason);
            }
            session.end(Session.State.LEFT, clock.nowNs());
            session.goodbye();
            withdraw(session);
        }
    }

    @Override
    public void onMalformed(int sessionId) {
        if (sessions.containsKey(sessionId)) {
            drops.rejected++;
        } else {
            drops.foreign++;
        }
    }

    /** The member behind a data frame; strangers are counted. */
    private Session heard(int sessionId) {
        Session session = sessions.get(sessionId);
        if (session == null || !session.isMember()) {
            drops.foreign++;
            return null;
        }
        session.lastHeardNs = clock.nowNs();
        session.silent = false;
        return session;
    }

    // ---- rounds

    /** Whom a round waits for: members that give signs of life; all members where those are too few for a quorum. */
    private BitSet awaited() {
        BitSet present = new BitSet();
        BitSet heard = new BitSet();
        for (Session member : members) {
            if (member.isMember()) {
                present.set(member.index);
                heard.set(member.index, !member.silent);
            }
        }
        return heard.cardinality() < terms.quorum() ? present : heard;
    }

    private void openRound() {
        begun = false;
        MeanStore store = stores[(int) (round % stores.length)];
        if (store.round >= 0) {
            for (Session member : members) {
                if (member.isMember() && member.cursorRound <= store.round) {
                    cutOff(member);
                }
            }
            report();
        }
        store.open(round);
        collector.open(round, awaited(), store);
    }

    private void cutOff(Session member) {
        drops.cutOff++;
        String reason = "worker " + member.index + " was cut off: it had not taken the mean of round "
                + member.cursorRound + " when round " + round + " opened";
        LOG.warn(reason);
        member.fail(FailureCode.CUT_OFF, reason);
        member.end(Session.State.CUT_OFF, clock.nowNs());
    }

    private int checkRound() {
        report();
        if (!begun) {
            return 0;
        }
        long elapsedNs = clock.realNs() - firstFrameNs;
        if (collector.possibleContributors(-1) < terms.quorum()) {
            failRound(elapsedNs);
            return 1;
        }
        if (collector.isComplete()) {
            closeRound();
            return 1;
        }
        if (elapsedNs > terms.deadlineNs()) {
            if (collector.contributors().cardinality() < terms.quorum()) {
                failRound(elapsedNs);
                return 1;
            }
            BitSet incomplete = WorkerSet.without(collector.expected(), collector.contributors());
            incomplete.stream().forEach(worker -> drops.rejected += collector.drop(worker));
            return 1;
        }
        return 0;
    }

    private void failRound(long elapsedNs) {
        BitSet contributors = collector.contributors();
        BitSet all = new BitSet();
        all.set(0, members.length);
        String reason = "round " + round + " failed: " + contributors.cardinality() + " of " + members.length
                + " workers contributed within " + TimeUnit.NANOSECONDS.toMillis(elapsedNs) + " ms, the quorum is "
                + terms.quorum() + "; missing " + WorkerSet.name(WorkerSet.without(all, contributors));
        fail(FailureCode.NO_QUORUM, new TransportException(reason));
    }

    private void closeRound() {
        MeanStore store = store(round);
        store.contributors.or(collector.contributors());
        store.firstFrameNs = firstFrameNs;
        store.closedNs = clock.realNs();
        store.ended = true;
        BitSet missing = WorkerSet.without(store.members, store.contributors);
        if (!missing.isEmpty()) {
            LOG.warn("round {} closed with {} of {} workers after {} ms; missing {}", round,
                    store.contributors.cardinality(), store.members.cardinality(),
                    TimeUnit.NANOSECONDS.toMillis(store.closedNs - firstFrameNs), WorkerSet.name(missing));
        }
        round++;
        openRound();
    }

    /** Reports rounds that every member has taken. */
    private void report() {
        MeanStore store = store(reportRound);
        while (store != null && store.ended && isTaken(reportRound)) {
            int frameBytes = terms.transportBytesPerFrame();
            onRound.accept(new RoundStatistics(reportRound, store.members.cardinality(),
                    WorkerSet.list(store.contributors),
                    WorkerSet.list(WorkerSet.without(store.members, store.contributors)), store.bytesUp,
                    store.bytesDown, (store.framesUp + store.framesDown) * frameBytes, drops.late, drops.duplicate,
                    drops.stale, drops.foreign, drops.rejected, drops.cutOff,
                    Duration.ofNanos(store.closedNs - store.firstFrameNs),
                    Duration.ofNanos(clock.realNs() - store.firstFrameNs)));
            drops.clear();
            reportRound++;
            store = store(reportRound);
        }
    }

    private boolean isTaken(long reported) {
        for (Session member : members) {
            if (member.isMember() && member.cursorRound <= reported) {
                return false;
            }
        }
        return true;
    }

    // ---- time and ends

    private void tick() {
        if (aeron.isClosed()) {
            failure = failure != null ? failure : new TransportException(MediaDriverHost.LOST);
            ended();
            return;
        }
        for (int i = serviced.size() - 1; i >= 0; i--) {
            look(serviced.get(i));
        }
        switch (phase) {
            case JOINING -> {
                if (clock.realNs() - startNs > terms.joinTimeoutNs()) {
                    fail(FailureCode.NOT_STARTED, new TransportException("only " + memberCount() + " of "
                            + members.length + " workers joined within "
                            + TimeUnit.NANOSECONDS.toMillis(terms.joinTimeoutNs()) + " ms; missing "
                            + WorkerSet.name(absent())));
                }
            }
            case RUNNING -> {
                if (relay != null && relay.hasEnded() && othersHaveModel(null)) {
                    relay.close();
                    relay = null;
                    modelShared = true;
                }
                if (memberCount() == 0) {
                    allGone();
                } else if (isModelLost()) {
                    fail(FailureCode.INTERNAL, new TransportException(
                            "worker " + MODEL_SOURCE + " went before it had shared the whole model"));
                }
            }
            case FAREWELL -> {
                if (isEverybodyGone() || clock.realNs() - farewellNs > Protocol.FAREWELL_NS) {
                    ended();
                }
            }
            case ENDED -> {
            }
        }
    }

    private boolean isModelLost() {
        if (members[MODEL_SOURCE].isMember() || relay != null && relay.hasEnded()) {
            return false;
        }
        for (Session member : members) {
            if (member.isMember() && member.awaitsModel) {
                return true;
            }
        }
        return false;
    }

    private BitSet absent() {
        BitSet absent = new BitSet();
        for (int index = 0; index < members.length; index++) {
            if (members[index] == null) {
                absent.set(index);
            }
        }
        return absent;
    }

    private void look(Session session) {
        boolean gone = uplink.imageBySessionId(session.sessionId) == null;
        if (session.isMember()) {
            if (gone) {
                LOG.warn("{} is gone", session);
                died(session);
            } else if (!session.silent && clock.nowNs() - session.lastHeardNs > Protocol.MEMBER_LIVENESS_NS) {
                LOG.warn("{} has been silent for {} ms, the job does not wait for it", session,
                        TimeUnit.NANOSECONDS.toMillis(clock.nowNs() - session.lastHeardNs));
                session.silent = true;
                withdraw(session);
            }
        } else if (gone) {
            forget(session);
        }
    }

    private void died(Session session) {
        if (session.isMember()) {
            session.end(Session.State.DEAD, clock.nowNs());
            withdraw(session);
        }
        forget(session);
    }

    private void forget(Session session) {
        session.close();
        sessions.remove(session.sessionId);
        serviced.remove(session);
    }

    /** No round waits for this member any more. */
    private void withdraw(Session session) {
        switch (phase) {
            case JOINING -> {
                if (!session.isMember()) {
                    members[session.index] = null;
                }
            }
            case RUNNING -> {
                if (begun && session.isMember() && collector.possibleContributors(session.index) < terms.quorum()) {
                    LOG.debug("round {} needs {} for its quorum and goes on waiting", round, session);
                } else if (begun) {
                    drops.rejected += collector.drop(session.index);
                } else {
                    collector.expect(awaited());
                }
            }
            case FAREWELL, ENDED -> {
            }
        }
    }

    private void allGone() {
        boolean left = false;
        for (Session member : members) {
            left |= member.state == Session.State.LEFT;
        }
        if (!left) {
            failure = new TransportException("all " + members.length + " workers are gone after " + round
                    + " rounds, and none of them left");
        }
        farewell();
    }

    private void farewell() {
        phase = Phase.FAREWELL;
        farewellNs = clock.realNs();
    }

    private void fail(FailureCode code, TransportException reason) {
        if (phase == Phase.FAREWELL || phase == Phase.ENDED) {
            LOG.debug("while ending", reason);
            return;
        }
        if (code != FailureCode.CLOSED) {
            LOG.error("the job fails: {}", reason.getMessage());
            failure = reason;
        }
        farewell();
        for (Session session : serviced) {
            if (session.isMember()) {
                session.fail(code, reason.getMessage());
            }
        }
    }

    /** Members answer a failure by leaving, and close once their leave was answered. */
    private boolean isEverybodyGone() {
        for (Session session : serviced) {
            if (session.isMember() || session.state == Session.State.LEFT && !session.isThrough()) {
                return false;
            }
        }
        return true;
    }

    private void ended() {
        phase = Phase.ENDED;
    }

    @Override
    public void onClose() {
        for (Session session : serviced) {
            session.close();
        }
        if (relay != null) {
            relay.close();
        }
        arena.close();
        if (failure != null) {
            end.completeExceptionally(failure);
        } else {
            end.complete(null);
        }
    }
}
