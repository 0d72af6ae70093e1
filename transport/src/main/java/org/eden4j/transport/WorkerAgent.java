package org.eden4j.transport;

import io.aeron.Aeron;
import io.aeron.Subscription;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.sbe.FailureDecoder;
import org.eden4j.transport.sbe.GoodbyeDecoder;
import org.eden4j.transport.sbe.HeartbeatDecoder;
import org.eden4j.transport.sbe.MeanDecoder;
import org.eden4j.transport.sbe.ModelDecoder;
import org.eden4j.transport.sbe.ModelEndDecoder;
import org.eden4j.transport.sbe.RejectDecoder;
import org.eden4j.transport.sbe.RoundEndDecoder;
import org.eden4j.transport.sbe.StartDecoder;
import org.eden4j.transport.sbe.WelcomeDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's state machine. One thread does everything that touches Aeron, so that heartbeats go on while the caller
 * trains; the caller hands over one {@link Request} at a time and parks.
 *
 * <pre>
 * JOINING --welcome--&gt; MEMBER --close--&gt; LEAVING --goodbye--&gt; ENDED
 *    |                    |
 *    +--reject, time------+--failure told, aggregator silent or gone, NaN--&gt; LEAVING with a reason
 * </pre>
 *
 * <p>Means are polled all the time, also while the uplink is back-pressured; {@link WorkerRounds} takes them.
 */
final class WorkerAgent implements Agent, DownlinkListener {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerAgent.class);
    private static final int FRAGMENTS = 32;
    /** Frames encoded and sent in one duty cycle: means are polled and signs of life given in between. */
    private static final int FRAMES_AT_A_TIME = 2;
    private static final String LEFT = "this worker has left the job";

    private enum Phase {
        JOINING, MEMBER, LEAVING, ENDED
    }

    /** What the worker asks for. */
    record Wish(int dimension, Method method, int mtu, int index, int stream, String endpoint, long joinTimeoutNs,
            boolean udp) {}

    /** What it was granted. */
    record Membership(JobTerms terms, int index) {}

    private final Aeron aeron;
    private final Subscription downlink;
    private final UplinkProxy uplink;
    private final UpdateWay updates;
    private final DownlinkAdapter adapter = new DownlinkAdapter(this);
    private final PatientClock clock;
    private final Wish wish;
    private final long token;
    private final CompletableFuture<Membership> joined = new CompletableFuture<>();
    private final AtomicReference<Request> slot = new AtomicReference<>();
    private final Arena arena = Arena.ofShared();

    private Phase phase = Phase.JOINING;
    private volatile boolean closeRequested;
    private volatile boolean ended;
    private volatile RuntimeException failure;

    private final long startNs;
    private long joinSentNs;
    private long joinRetryNs;
    private long lastHeardNs;
    private long lastSentNs;
    private long tickNs;
    /** Received in this duty cycle: no work, or idle agents would never park for long. */
    private int heartbeats;
    private long leaveNs;
    private boolean leaveSent;
    private String leaveReason = "";

    private JobTerms terms;
    private int index;
    private boolean started;
    private WorkerRounds rounds;
    private Request active;
    private ModelExchange model;
    /** Bytes of all but Update and Mean frames up to the last round. */
    private long controlMark;
    private long dropped;

    WorkerAgent(Aeron aeron, Subscription downlink, UplinkProxy uplink, UpdateWay updates, Wish wish, long token,
            NanoClock nanoClock) {
        this.aeron = aeron;
        this.downlink = downlink;
        this.uplink = uplink;
        this.updates = updates;
        this.wish = wish;
        this.token = token;
        clock = new PatientClock(nanoClock);
        startNs = clock.realNs();
    }

    /** Completes with the membership, or with what stood against it. */
    CompletableFuture<Membership> joined() {
        return joined;
    }

    /**
     * Hands a request over, from another thread; the answer comes through the request.
     *
     * @throws IllegalStateException if another one is under way
     */
    void submit(Request request) {
        if (!slot.compareAndSet(null, request)) {
            throw new IllegalStateException("another thread is exchanging through this worker");
        }
        if (ended && slot.compareAndSet(request, null)) {
            request.fail(failure());
        }
    }

    /** Leaves, from another thread. */
    void requestClose() {
        closeRequested = true;
    }

    @Override
    public String roleName() {
        return "eden4j-worker";
    }

    @Override
    public int doWork() {
        try {
            return dutyCycle();
        } catch (AgentTerminationException e) {
            throw e;
        } catch (TransportException | NonFiniteGradientException e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(new TransportException("the worker failed: " + e, e));
        }
        return 1;
    }

    private int dutyCycle() {
        if (phase == Phase.ENDED) {
            throw new AgentTerminationException();
        }
        clock.advance();
        if (aeron.isClosed()) {
            phase = Phase.ENDED;
            throw new TransportException(MediaDriverHost.LOST);
        }
        if (closeRequested && phase != Phase.LEAVING) {
            leave(new TransportException(LEFT), "");
        }
        heartbeats = 0;
        int work = downlink.controlledPoll(adapter, FRAGMENTS) - heartbeats;
        if (phase == Phase.MEMBER) {
            work += serve();
        }
        if (clock.realNs() - tickNs > Protocol.TICK_NS) {
            tickNs = clock.realNs();
            tick();
        }
        return work;
    }

    private int serve() {
        if (active == null) {
            Request request = slot.get();
            if (request == null) {
                return 0;
            }
            begin(request);
        }
        if (!started) {
            return 0;
        }
        int sent = switch (active) {
            case Request.Exchange _ -> updates.proxy() == null ? 0
                    : rounds.send(updates.proxy(), FRAMES_AT_A_TIME, clock.nowNs());
            case Request.ShareModel _ when model.isSource() -> model.send(uplink, terms.epoch(), index,
                    FRAMES_AT_A_TIME);
            case Request.ShareModel _ -> 0;
            case null -> 0;
        };
        if (sent > 0) {
            lastSentNs = clock.nowNs();
        }
        return sent;
    }

    private void begin(Request request) {
        active = request;
        switch (request) {
            case Request.Exchange exchange -> {
                rounds.begin(exchange);
                if (rounds.isEnded()) {
                    finishRound(exchange);
                }
            }
            case Request.ShareModel share -> {
                if (rounds.current() > 0) {
                    finish(new IllegalStateException("the model is shared before the first exchange, this is round "
                            + rounds.current()));
                } else {
                    model = new ModelExchange(share.model, wish.dimension(), wish.mtu(),
                            index == AggregatorAgent.MODEL_SOURCE);
                    lastSentNs = clock.nowNs() - Protocol.HEARTBEAT_NS;
                }
            }
        }
    }

    /** Answers the caller. */
    private void finish(RuntimeException reason) {
        Request request = active;
        active = null;
        model = null;
        slot.set(null);
        if (reason == null) {
            request.complete();
        } else {
            request.fail(reason);
        }
    }

    private void finishRound(Request.Exchange exchange) {
        long allBytes = updates.committedBytes() + adapter.receivedBytes();
        exchange.result = rounds.finish(allBytes, controlMark, dropped);
        controlMark = allBytes - rounds.dataBytes();
        dropped = 0;
        finish(null);
    }

    // ---- what comes in

    @Override
    public void onWelcome(WelcomeDecoder welcome, String downlinkText) {
        heardControl();
        if (phase != Phase.JOINING || welcome.token() != token) {
            return;
        }
        Method downlinkMethod = Method.parse(downlinkText);
        index = welcome.index();
        terms = new JobTerms(welcome.workers(), wish.method(), downlinkMethod, wish.dimension(), wish.mtu(),
                welcome.jobSeed(), (int) welcome.epoch(), welcome.deadlineNs(), 0, wish.joinTimeoutNs(), wish.udp(),
                (welcome.uplink() & Protocol.UPLINK_UNRELIABLE) != 0);
        updates.open(terms.unreliable());
        rounds = new WorkerRounds(terms, index, arena);
        phase = Phase.MEMBER;
        joined.complete(new Membership(terms, index));
    }

    @Override
    public void onReject(RejectDecoder reject, String reason) {
        heardControl();
        if (phase == Phase.JOINING && reject.token() == token) {
            failure = new JoinRejectedException(RejectCode.of(reject.code()), reason);
            phase = Phase.ENDED;
        }
    }

    @Override
    public void onStart(StartDecoder start) {
        heardControl();
        if (phase == Phase.MEMBER && isOfThisJob(start.epoch())) {
            started = true;
        }
    }

    @Override
    public boolean onMean(MeanDecoder mean, long payload, int payloadLength) {
        lastHeardNs = clock.nowNs();
        if (phase != Phase.MEMBER || !isOfThisJob(mean.epoch())) {
            dropped++;
            return true;
        }
        return isDone(rounds.mean(mean, payload, payloadLength));
    }

    @Override
    public boolean onRoundEnd(RoundEndDecoder roundEnd, BitSet members, BitSet contributors) {
        lastHeardNs = clock.nowNs();
        if (phase != Phase.MEMBER || !isOfThisJob(roundEnd.epoch())) {
            dropped++;
            return true;
        }
        boolean done = isDone(rounds.roundEnd(roundEnd, members, contributors));
        if (done && rounds.isEnded() && active instanceof Request.Exchange exchange) {
            finishRound(exchange);
        }
        return done;
    }

    private boolean isDone(WorkerRounds.Taken taken) {
        if (taken == WorkerRounds.Taken.NEVER) {
            dropped++;
        }
        return taken != WorkerRounds.Taken.LATER;
    }

    @Override
    public boolean onModel(ModelDecoder message, long payload, int payloadLength) {
        lastHeardNs = clock.nowNs();
        if (phase != Phase.MEMBER || !isOfThisJob(message.epoch())) {
            dropped++;
            return true;
        }
        if (model == null) {
            refuseModelDuringExchange();
            return false;
        }
        if (!model.accept(message, payload, payloadLength)) {
            dropped++;
        }
        return true;
    }

    @Override
    public boolean onModelEnd(ModelEndDecoder modelEnd) {
        lastHeardNs = clock.nowNs();
        if (phase != Phase.MEMBER || !isOfThisJob(modelEnd.epoch())) {
            dropped++;
            return true;
        }
        if (model == null) {
            refuseModelDuringExchange();
            return false;
        }
        if (!model.isWhole(modelEnd.hash())) {
            throw new TransportException("the shared model came in damaged: its hash is not the one that worker "
                    + modelEnd.worker() + " declared");
        }
        finish(null);
        return true;
    }

    private void refuseModelDuringExchange() {
        if (active instanceof Request.Exchange) {
            throw new TransportException(
                    "other members share a model: call shareModel before the first exchange on all of them or on none");
        }
    }

    @Override
    public void onHeartbeat(HeartbeatDecoder heartbeat) {
        heartbeats++;
        heardControl();
    }

    @Override
    public void onFailure(FailureDecoder message, String reason) {
        heardControl();
        if (phase == Phase.MEMBER && isOfThisJob(message.epoch())) {
            throw new TransportException(reason);
        }
    }

    @Override
    public void onGoodbye(GoodbyeDecoder goodbye) {
        heardControl();
        if (phase == Phase.LEAVING) {
            phase = Phase.ENDED;
        }
    }

    @Override
    public void onMalformed() {
        dropped++;
    }

    private void heardControl() {
        lastHeardNs = clock.nowNs();
    }

    private boolean isOfThisJob(long epoch) {
        return (int) epoch == terms.epoch();
    }

    // ---- time and ends

    private void tick() {
        switch (phase) {
            case JOINING -> join();
            case MEMBER -> {
                if (clock.nowNs() - lastHeardNs > Protocol.AGGREGATOR_LIVENESS_NS) {
                    throw new TransportException("the aggregator has been silent for "
                            + TimeUnit.NANOSECONDS.toMillis(clock.nowNs() - lastHeardNs) + " ms: it is gone");
                }
                if (downlink.imageCount() == 0) {
                    throw new TransportException("the aggregator is gone: its stream to this worker has ended");
                }
                if (clock.nowNs() - lastSentNs >= Protocol.HEARTBEAT_NS) {
                    boolean awaitsModel = model != null && !model.isSource();
                    if (uplink.heartbeat(terms.epoch(), rounds.current(), index, awaitsModel)) {
                        lastSentNs = clock.nowNs();
                    }
                }
            }
            case LEAVING -> {
                sendLeave();
                if (clock.realNs() - leaveNs > Protocol.FAREWELL_NS || downlink.imageCount() == 0) {
                    phase = Phase.ENDED;
                }
            }
            case ENDED -> {
            }
        }
    }

    private void join() {
        long nowNs = clock.realNs();
        if (nowNs - startNs > wish.joinTimeoutNs()) {
            failure = new TransportException((uplink.isConnected()
                    ? "the aggregator did not answer this worker's join within "
                    : "no aggregator was there to join within ")
                    + TimeUnit.NANOSECONDS.toMillis(wish.joinTimeoutNs()) + " ms");
            phase = Phase.ENDED;
        } else if (nowNs - joinSentNs > joinRetryNs || joinRetryNs == 0) {
            if (uplink.join(token, Protocol.VERSION, wish.dimension(), wish.mtu(), wish.index(), wish.stream(),
                    wish.method().toString(), wish.endpoint())) {
                joinSentNs = nowNs;
                joinRetryNs = Math.min(Math.max(Protocol.JOIN_RETRY_NS, 2 * joinRetryNs),
                        Protocol.SLOWEST_JOIN_RETRY_NS);
            }
        }
    }

    /** Something went wrong: the caller is told, the job goes on without this worker. */
    private void fail(RuntimeException reason) {
        if (phase == Phase.LEAVING || phase == Phase.ENDED) {
            if (failure == null) {
                failure = reason;
            }
            return;
        }
        leave(reason, reason.getMessage());
    }

    private void leave(RuntimeException reason, String told) {
        failure = reason instanceof TransportException ? reason
                : new TransportException(LEFT + ": " + reason.getMessage(), reason);
        boolean member = phase == Phase.MEMBER;
        phase = member ? Phase.LEAVING : Phase.ENDED;
        leaveReason = told;
        leaveNs = clock.realNs();
        Request request = active != null ? active : slot.get();
        if (request != null) {
            active = request;
            finish(reason);
        }
        if (member) {
            sendLeave();
        }
    }

    private void sendLeave() {
        try {
            leaveSent = leaveSent || uplink.leave(terms.epoch(), index, leaveReason);
        } catch (TransportException e) {
            LOG.debug("no way to say that this worker leaves", e);
            phase = Phase.ENDED;
        }
    }

    private RuntimeException failure() {
        RuntimeException reason = failure;
        return reason != null ? reason : new TransportException(LEFT);
    }

    @Override
    public void onClose() {
        ended = true;
        joined.completeExceptionally(failure());
        Request request = slot.getAndSet(null);
        if (request != null) {
            request.fail(failure());
        }
        updates.close();
        uplink.close();
        downlink.close();
        arena.close();
    }
}
