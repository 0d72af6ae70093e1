package org.eden4j.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;
import java.lang.foreign.Arena;
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
import org.eden4j.transport.sbe.UpdateEndDecoder;
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
 * <p>Rounds themselves are {@link Rounds}' business, the peers' {@link Session}'s.
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
    /** Updates that are not repeated; null where all are. */
    private final Subscription updates;
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

    private Rounds rounds;
    private ModelRelay relay;
    private boolean modelShared;

    AggregatorAgent(Aeron aeron, Subscription uplink, Subscription updates, Channels channels, JobTerms terms,
            NanoClock nanoClock, Consumer<RoundStatistics> onRound) {
        this.aeron = aeron;
        this.uplink = uplink;
        this.updates = updates;
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
        if (updates != null) {
            work += updates.poll(adapter, FRAGMENTS);
        }
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

    private int checkRound() {
        try {
            return rounds.check() ? 1 : 0;
        } catch (TransportException e) {
            fail(FailureCode.NO_QUORUM, e);
            return 1;
        }
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
                session.reject(refused.code(), refused.reason());
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
        rounds = new Rounds(terms, members, drops, clock, onRound, arena);
        phase = Phase.RUNNING;
        for (Session member : members) {
            member.start();
        }
        LOG.info("job of {} workers starts: dimension {}, up {}, down {}, MTU {}", members.length, terms.dimension(),
                terms.method(), terms.downlink(), terms.mtu());
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
        } else if (phase != Phase.RUNNING) {
            drops.rejected++;
        } else {
            rounds.update(session.index, update, payload, payloadLength);
        }
    }

    @Override
    public void onUpdateEnd(int sessionId, UpdateEndDecoder updateEnd) {
        Session session = heard(sessionId);
        if (session == null) {
            return;
        }
        if ((int) updateEnd.epoch() != terms.epoch()) {
            drops.stale++;
        } else if (updateEnd.worker() != session.index) {
            drops.foreign++;
        } else if (phase != Phase.RUNNING || !terms.unreliable()) {
            drops.rejected++;
        } else {
            rounds.updateEnd(session.index, updateEnd);
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
        } else if (phase != Phase.RUNNING || rounds.hasBegun() || modelShared) {
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
            session.end(Session.State.LEFT);
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
            session.end(Session.State.DEAD);
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
            case RUNNING -> rounds.withdraw(session);
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
            failure = new TransportException("all " + members.length + " workers are gone after " + rounds.current()
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
