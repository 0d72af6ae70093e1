package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.WelcomeDecoder;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.DownlinkAdapter;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.LinkLostException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkProxy;
import org.eden4j.transport.wire.WorkerWish;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's state machine. One thread does everything that touches Aeron, so that heartbeats go on while the caller
 * trains; the caller hands over one {@link Request} at a time and parks.
 *
 * <pre>
 * JOINING --welcome--&gt; MEMBER --close, failure told, NaN--&gt; LEAVING --goodbye--&gt; ENDED
 *    |  ^                 |                                                        ^
 *    |  +--aggregator silent or gone, media driver lost: another way is looked for |
 *    +--reject, time-------------------------------------------------------------- +
 * </pre>
 *
 * <p>Means are polled all the time, also while the uplink is back-pressured; {@link WorkerRounds} takes them. What comes in
 * is {@link DownlinkDesk}'s business, states are {@link WorkerState}'s.
 */
public final class WorkerAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerAgent.class);
    private static final int FRAGMENTS = 32;
    /** Frames encoded and sent in one duty cycle: means are polled and signs of life given in between. */
    private static final int FRAMES_AT_A_TIME = 2;
    private static final String LEFT = "this worker has left the job";

    private enum Phase {
        JOINING, MEMBER, LEAVING, ENDED
    }

    /** What it was granted. */
    public record Membership(JobTerms terms, int index) {}

    private final Supplier<WorkerLink> opener;
    private final DownlinkDesk incoming = new DownlinkDesk(this);
    private final DownlinkAdapter adapter = new DownlinkAdapter(incoming);
    private final PatientClock clock;
    private final long token;
    private final CompletableFuture<Membership> joined = new CompletableFuture<>();
    private final AtomicReference<Request> slot = new AtomicReference<>();
    private final Arena arena = Arena.ofShared();

    private WorkerWish wish;
    private WorkerLink link;
    private Phase phase = Phase.JOINING;
    private volatile boolean closeRequested;
    private volatile boolean ended;
    private volatile RuntimeException failure;
    private volatile long shownRound;

    /** Since when there is no aggregator. */
    private long lostNs;
    private String lostReason = "";
    private long reopenNs;
    private long reopenDelayNs;
    private long joinSentNs;
    private long joinRetryNs;
    private long lastHeardNs;
    private long lastSentNs;
    private long readySentNs;
    private long tickNs;
    private long leaveNs;
    private boolean leaveSent;
    private String leaveReason = "";

    private JobTerms terms;
    private int index;
    private WorkerRounds rounds;
    private WorkerState state;
    private Request active;
    /** Bytes sent on ways that are closed. */
    private long formerBytes;
    /** Bytes of all but Update and Mean frames up to the last round. */
    private long controlMark;

    public WorkerAgent(WorkerLink link, Supplier<WorkerLink> opener, WorkerWish wish, long token, NanoClock nanoClock) {
        this.link = link;
        this.opener = opener;
        this.wish = wish;
        this.token = token;
        clock = new PatientClock(nanoClock);
        lostNs = clock.realNs();
    }

    /** Completes with the membership, or with what stood against it. */
    public CompletableFuture<Membership> joined() {
        return joined;
    }

    /** The round of the open exchange, or of the next; from any thread. */
    public long round() {
        return shownRound;
    }

    /**
     * Hands a request over, from another thread; the answer comes through the request.
     *
     * @throws IllegalStateException if another one is under way
     */
    public void submit(Request request) {
        if (!slot.compareAndSet(null, request)) {
            throw new IllegalStateException("another thread is exchanging through this worker");
        }
        if (ended && slot.compareAndSet(request, null)) {
            request.fail(failure());
        }
    }

    /** Leaves, from another thread. */
    public void requestClose() {
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
        } catch (LinkLostException e) {
            lost(e.getMessage());
        } catch (TransportException | NonFiniteGradientException e) {
            fail(e);
        } catch (RuntimeException e) {
            if (link == null || !link.isClosed()) {
                fail(new TransportException("the worker failed: " + e, e));
            }
        }
        return 1;
    }

    private int dutyCycle() {
        if (phase == Phase.ENDED) {
            throw new AgentTerminationException();
        }
        clock.advance();
        if (closeRequested && phase != Phase.LEAVING) {
            leave(new TransportException(LEFT), "");
        }
        finishRestored();
        if (!isLinked()) {
            return 0;
        }
        int work = incoming.counted(link.downlink().controlledPoll(adapter, FRAGMENTS));
        if (phase == Phase.MEMBER) {
            work += serve();
        }
        if (clock.realNs() - tickNs > Protocol.TICK_NS) {
            tickNs = clock.realNs();
            tick();
        }
        return work;
    }

    // ---- ways

    private boolean isLinked() {
        if (link != null && link.isClosed()) {
            lost(MediaDriverHost.LOST);
        }
        if (link != null || phase == Phase.LEAVING || phase == Phase.ENDED) {
            return link != null;
        }
        if (clock.realNs() - reopenNs < 0 || state != null && state.isBusy()) {
            return false;
        }
        try {
            link = opener.get();
            joinRetryNs = 0;
        } catch (RuntimeException e) {
            LOG.debug("no way yet", e);
            reopenDelayNs = Math.min(2 * reopenDelayNs, Protocol.SLOWEST_REOPEN_NS);
            reopenNs = clock.realNs() + reopenDelayNs;
            checkPatience();
        }
        return link != null;
    }

    /** The way is of no use any more: another one is looked for. */
    void lost(String reason) {
        if (phase == Phase.LEAVING || phase == Phase.ENDED) {
            phase = Phase.ENDED;
            return;
        }
        if (phase == Phase.MEMBER) {
            LOG.warn("worker {} has lost its aggregator before round {} and looks for it: {}", index, rounds.current(),
                    reason);
            phase = Phase.JOINING;
            lostNs = clock.realNs();
            lostReason = reason;
            state.disconnect();
            rounds.disconnect();
        }
        if (link != null) {
            formerBytes += link.updates().committedBytes();
            link.close();
            link = null;
            adapter.release();
        }
        reopenDelayNs = Protocol.REOPEN_NS;
        reopenNs = clock.realNs() + reopenDelayNs;
    }

    private void checkPatience() {
        long elapsedNs = clock.realNs() - lostNs;
        if (terms == null && elapsedNs > wish.joinTimeoutNs()) {
            failure = new TransportException((link != null && link.uplink().isConnected()
                    ? "the aggregator did not answer this worker's join within "
                    : "no aggregator was there to join within ")
                    + TimeUnit.NANOSECONDS.toMillis(wish.joinTimeoutNs()) + " ms");
            phase = Phase.ENDED;
        } else if (terms != null && elapsedNs > wish.reconnectTimeoutNs()) {
            throw new TransportException("no aggregator was found again within "
                    + TimeUnit.NANOSECONDS.toMillis(wish.reconnectTimeoutNs()) + " ms; it was lost before round "
                    + rounds.current() + ": " + lostReason);
        }
    }

    private void join() {
        long nowNs = clock.realNs();
        checkPatience();
        if (phase == Phase.JOINING && (nowNs - joinSentNs > joinRetryNs || joinRetryNs == 0)) {
            StateLabel held = state == null ? StateLabel.BLANK : state.label(rounds.current());
            if (link.uplink().join(token, Protocol.VERSION, wish, link.stream(), link.endpoint(), held)) {
                joinSentNs = nowNs;
                joinRetryNs = Math.min(Math.max(Protocol.JOIN_RETRY_NS, 2 * joinRetryNs),
                        Protocol.SLOWEST_JOIN_RETRY_NS);
            }
        }
    }

    // ---- requests

    private int serve() {
        if (active == null) {
            Request request = slot.get();
            if (request != null) {
                begin(request);
            }
        }
        int sent = state.send(link.uplink(), terms.epoch(), rounds.current(), rounds.ledger(), active,
                FRAMES_AT_A_TIME);
        if (active instanceof Request.Exchange && state.isInSync()) {
            sent += updates(terms.epoch());
        } else if (active != null && state.isWanting(active)
                && clock.nowNs() - readySentNs > Protocol.HEARTBEAT_NS
                && link.uplink().ready(terms.epoch(), rounds.current(), index, state.wanted(active))) {
            readySentNs = clock.nowNs();
            sent++;
        }
        if (sent > 0) {
            lastSentNs = clock.nowNs();
        }
        return sent;
    }

    private int updates(int epoch) {
        UplinkProxy way = link.updates().proxy();
        return way == null ? 0 : rounds.send(way, epoch, FRAMES_AT_A_TIME, clock.nowNs());
    }

    private void begin(Request request) {
        active = request;
        readySentNs = clock.nowNs() - 2 * Protocol.HEARTBEAT_NS;
        switch (request) {
            case Request.Exchange exchange -> {
                state.decideNone();
                rounds.begin(exchange);
                finishIfEnded();
            }
            case Request.Share _ -> {
                if (state.isDecided()) {
                    finish(new IllegalStateException(
                            "the state is shared once, before the first exchange; this is round "
                                    + rounds.current()));
                }
            }
        }
    }

    /** Answers the caller. */
    private void finish(RuntimeException reason) {
        Request request = active;
        active = null;
        slot.set(null);
        shownRound = rounds == null ? 0 : rounds.current();
        if (reason == null) {
            request.complete();
        } else {
            request.fail(reason);
        }
    }

    /** Answers an open exchange whose round has ended. */
    void finishIfEnded() {
        if (rounds.isEnded() && active instanceof Request.Exchange exchange) {
            long allBytes = allBytes();
            exchange.result = rounds.finish(allBytes, controlMark, incoming.takeDropped());
            controlMark = allBytes - rounds.dataBytes();
            state.add(exchange.mean);
            finish(null);
            lastSentNs = clock.nowNs() - Protocol.HEARTBEAT_NS; // others may wait to hear that the mean is in good hands
        }
    }

    /** Answers the open request once this worker has taken over the job's state. */
    void finishRestored() {
        if (state == null || active == null) {
            return;
        }
        boolean counted = state.wasInSync();
        try (StateImage image = state.restored(terms.epoch(), active, phase == Phase.MEMBER)) {
            if (image == null) {
                return;
            }
            rounds.ledger().read(image.ledger());
            long allBytes = allBytes();
            RoundResult result = rounds.jump(image.round(), state.wasTakenLate(), counted, allBytes, controlMark,
                    incoming.takeDropped());
            if (active instanceof Request.Exchange exchange) {
                controlMark = allBytes - rounds.dataBytes();
                exchange.result = result;
                LOG.info("worker {} was brought up to round {}", index, image.round());
            }
            finish(null);
        }
    }

    private long allBytes() {
        return formerBytes + (link == null ? 0 : link.updates().committedBytes()) + adapter.receivedBytes();
    }

    // ---- what comes in, judged by DownlinkDesk

    boolean isJoining() {
        return phase == Phase.JOINING;
    }

    /** Whether a message of this epoch is for this worker. */
    boolean isMemberOf(long epoch) {
        return phase == Phase.MEMBER && (int) epoch == terms.epoch();
    }

    /** Whether rounds wait because a state that came before them is not in its place yet. */
    boolean mustWait() {
        heard();
        return state != null && state.isTaking();
    }

    long token() {
        return token;
    }

    WorkerRounds rounds() {
        return rounds;
    }

    WorkerState state() {
        return state;
    }

    Request active() {
        return active;
    }

    void heard() {
        lastHeardNs = clock.nowNs();
    }

    void welcomed(WelcomeDecoder welcome, Method downlink) {
        adapter.bind();
        if (terms == null) {
            index = welcome.index();
            wish = wish.withIndex(index);
            terms = new JobTerms(welcome.workers(), wish.method(), downlink, wish.dimension(), wish.mtu(),
                    welcome.jobSeed(), (int) welcome.epoch(), welcome.deadlineNs(), 0, 0, wish.joinTimeoutNs(),
                    wish.udp(), (welcome.uplink() & Protocol.UPLINK_UNRELIABLE) != 0);
            rounds = new WorkerRounds(terms, index, wish.errorFeedback(), arena);
            state = new WorkerState(terms, index);
            shownRound = welcome.round();
        } else if (index != welcome.index() || terms.jobSeed() != welcome.jobSeed()
                || terms.workers() != welcome.workers() || !terms.downlink().equals(downlink)) {
            throw new TransportException("the aggregator came back with other terms: worker number " + welcome.index()
                    + " of " + welcome.workers() + ", downlink " + downlink + ", job seed " + welcome.jobSeed());
        }
        if ((int) welcome.epoch() != terms.epoch()) {
            terms = terms.withEpoch((int) welcome.epoch());
        }
        link.updates().open(terms.unreliable());
        phase = Phase.MEMBER;
        joined.complete(new Membership(terms, index));
    }

    void rejected(RejectCode code, String reason) {
        failure = new JoinRejectedException(code, reason);
        if (terms == null) {
            phase = Phase.ENDED;
        } else {
            fail(failure);
        }
    }

    /** The aggregator says that this worker is to go on with this round, its own. */
    void started(long round) {
        if (round != rounds.current()) {
            throw new LinkLostException("the aggregator starts round " + round + ", this worker is before round "
                    + rounds.current());
        }
        boolean again = state.isInSync();
        if (state.label(round).epoch() != terms.epoch()) {
            rounds.reopen();
        }
        Request.Share share = active instanceof Request.Share open ? open : null;
        if (state.start(terms.epoch(), share)) {
            finish(null);
        } else if (!again) {
            rounds.restart();
        }
    }

    void told(String reason) {
        throw new TransportException(reason);
    }

    void dismissed() {
        if (phase == Phase.LEAVING) {
            phase = Phase.ENDED;
        }
    }

    // ---- time and ends

    private void tick() {
        switch (phase) {
            case JOINING -> join();
            case MEMBER -> {
                if (clock.nowNs() - lastHeardNs > Protocol.AGGREGATOR_LIVENESS_NS) {
                    throw new LinkLostException("the aggregator has been silent for "
                            + TimeUnit.NANOSECONDS.toMillis(clock.nowNs() - lastHeardNs) + " ms");
                }
                if (isAggregatorGone()) {
                    throw new LinkLostException("the aggregator is gone: its stream to this worker has ended");
                }
                if (clock.nowNs() - lastSentNs >= Protocol.HEARTBEAT_NS
                        && link.uplink().heartbeat(terms.epoch(), rounds.current(), index)) {
                    lastSentNs = clock.nowNs();
                }
            }
            case LEAVING -> {
                sendLeave();
                if (clock.realNs() - leaveNs > Protocol.FAREWELL_NS || isAggregatorGone()) {
                    phase = Phase.ENDED;
                }
            }
            case ENDED -> {
            }
        }
    }

    private boolean isAggregatorGone() {
        return link.downlink().imageBySessionId(adapter.aggregator()) == null;
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
        boolean member = phase == Phase.MEMBER && link != null;
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
            leaveSent = leaveSent || link.uplink().leave(terms.epoch(), index, leaveReason);
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
        if (link != null) {
            link.close();
        }
        if (state != null) {
            state.close();
        }
        arena.close();
    }
}
