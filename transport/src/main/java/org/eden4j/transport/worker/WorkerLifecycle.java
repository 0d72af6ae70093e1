package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.WelcomeDecoder;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.LinkLostException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateLabel;
import org.eden4j.transport.wire.UplinkProxy;
import org.eden4j.transport.wire.WorkerWish;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker from its first join to its end: in which phase it is, what it was granted, and which request is under way. It
 * knows messages, not the link that they came on. Single-threaded, as the agent that owns it, but for what says otherwise.
 *
 * <pre>
 * JOINING --welcome--&gt; MEMBER --close, failure told, NaN--&gt; LEAVING --goodbye--&gt; ENDED
 *    |  ^                 |                                                        ^
 *    |  +--aggregator silent or gone, media driver lost                            |
 *    +--reject, time-------------------------------------------------------------- +
 * </pre>
 */
final class WorkerLifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerLifecycle.class);
    /** Frames encoded and sent per duty cycle: means are polled and signs of life given in between. */
    private static final int FRAMES_AT_A_TIME = 2;
    private static final String LEFT = "this worker has left the job";

    private enum Phase {
        JOINING, MEMBER, LEAVING, ENDED
    }

    private final PatientClock clock;
    private final long token;
    private final LongSupplier allBytes;
    private final CompletableFuture<Membership> joined = new CompletableFuture<>();
    private final RequestSlot requests = new RequestSlot(this::failure);
    private final Arena arena = Arena.ofShared();

    private WorkerWish wish;
    private Phase phase = Phase.JOINING;
    private volatile RuntimeException failure;
    private volatile long shownRound;
    private long lastHeardNs;
    private long lastSentNs;
    private long readySentNs;
    private String leaveReason = "";

    private JobTerms terms;
    private int index;
    private WorkerRounds rounds;
    private WorkerState state;
    /** Bytes of all but Update and Mean frames up to the last round. */
    private long controlMark;
    /** Messages dropped since the last round. */
    private long dropped;

    /**
     * @param token of this process
     * @param allBytes bytes of all messages, sent and received, on all links so far
     */
    WorkerLifecycle(WorkerWish wish, long token, PatientClock clock, LongSupplier allBytes) {
        this.wish = wish;
        this.token = token;
        this.clock = clock;
        this.allBytes = allBytes;
    }

    /** Completes with the membership, or with what stood against it. From any thread. */
    CompletableFuture<Membership> joined() {
        return joined;
    }

    /** The round of the open exchange, or of the next. From any thread. */
    long shownRound() {
        return shownRound;
    }

    /** Callers' threads submit to it. */
    RequestSlot requests() {
        return requests;
    }

    long token() {
        return token;
    }

    WorkerWish wish() {
        return wish;
    }

    /** Null before the first welcome, like rounds and state. */
    JobTerms terms() {
        return terms;
    }

    int index() {
        return index;
    }

    WorkerRounds rounds() {
        return rounds;
    }

    WorkerState state() {
        return state;
    }

    /** What this worker has when it joins. */
    StateLabel held() {
        return state == null ? StateLabel.BLANK : state.label(rounds.current());
    }

    boolean isJoining() {
        return phase == Phase.JOINING;
    }

    boolean isMember() {
        return phase == Phase.MEMBER;
    }

    boolean isLeaving() {
        return phase == Phase.LEAVING;
    }

    boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /** Whether a message of this epoch is for this worker. */
    boolean isMemberOf(long epoch) {
        return phase == Phase.MEMBER && (int) epoch == terms.epoch();
    }

    /** Whether the caller's thread is taking a state over, and no link to be opened meanwhile. */
    boolean isBusy() {
        return state != null && state.isBusy();
    }

    /** Whether rounds wait because a state that came before them is not in its place yet. */
    boolean mustWait() {
        return state != null && state.isTaking();
    }

    /** A message came. */
    void heard() {
        lastHeardNs = clock.nowNs();
    }

    /** Time since the last message. */
    long silenceNs() {
        return clock.nowNs() - lastHeardNs;
    }

    /** A message was not for this worker, or made no sense. */
    void drop() {
        dropped++;
    }

    private long takeDropped() {
        long taken = dropped;
        dropped = 0;
        return taken;
    }

    // ---- membership

    /**
     * The aggregator has granted the join.
     *
     * @throws TransportException if it came back with other terms than before
     */
    void welcomed(WelcomeDecoder welcome, Method downlink) {
        if (terms == null) {
            index = welcome.index();
            wish = wish.withIndex(index);
            terms = new JobTerms(welcome.workers(), wish.method(), downlink, wish.dimension(), wish.mtu(),
                    welcome.jobSeed(), (int) welcome.epoch(), welcome.deadlineNs(), 0, 0, wish.joinTimeoutNs(),
                    wish.udp(), (welcome.uplink() & Protocol.UPLINK_UNRELIABLE) != 0);
            rounds = new WorkerRounds(terms, index, arena);
            state = new WorkerState(terms, index);
            shownRound = welcome.round();
        } else if (index != welcome.index() || terms.jobSeed() != welcome.jobSeed()
                || terms.workers() != welcome.workers() || !terms.downlink().equals(downlink)) {
            throw new TransportException("the aggregator came back with other terms: worker number " + welcome.index()
                    + " of " + welcome.workers() + ", downlink " + downlink + ", job seed " + welcome.jobSeed());
        }
        terms = terms.withEpoch((int) welcome.epoch());
        phase = Phase.MEMBER;
        joined.complete(new Membership(terms, index));
    }

    /** The aggregator has refused the join. */
    void rejected(RejectCode code, String reason) {
        throw new JoinRejectedException(code, reason);
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
        Request.Share share = requests.active() instanceof Request.Share open ? open : null;
        if (state.start(terms.epoch(), share)) {
            finish(null);
        } else if (!again) {
            rounds.restart();
        }
    }

    /**
     * The link is lost: the worker has to join again.
     *
     * @return whether it was a member
     */
    boolean disconnect(String reason) {
        if (phase != Phase.MEMBER) {
            return false;
        }
        LOG.warn("worker {} has lost its aggregator before round {} and looks for it: {}", index, rounds.current(),
                reason);
        phase = Phase.JOINING;
        state.disconnect();
        rounds.disconnect();
        return true;
    }

    // ---- requests

    /**
     * Begins what callers hand over, and sends what is due.
     *
     * @param updates where updates travel; null while that is not known
     * @return messages sent
     */
    int send(UplinkProxy uplink, UplinkProxy updates) {
        Request next = requests.next();
        if (next != null) {
            begin(next);
        }
        Request active = requests.active();
        int sent = state.send(uplink, terms.epoch(), rounds.current(), rounds.ledger(), active, FRAMES_AT_A_TIME);
        if (active instanceof Request.Exchange && state.isInSync()) {
            sent += updates == null ? 0 : rounds.send(updates, terms.epoch(), FRAMES_AT_A_TIME, clock.nowNs());
        } else if (active != null && state.isWanting(active) && clock.nowNs() - readySentNs > Protocol.HEARTBEAT_NS
                && uplink.ready(terms.epoch(), rounds.current(), index, state.wanted(active))) {
            readySentNs = clock.nowNs();
            sent++;
        }
        if (sent > 0) {
            lastSentNs = clock.nowNs();
        }
        return sent;
    }

    /** Gives a sign of life if it is due. */
    void heartbeat(UplinkProxy uplink) {
        if (clock.nowNs() - lastSentNs >= Protocol.HEARTBEAT_NS
                && uplink.heartbeat(terms.epoch(), rounds.current(), index)) {
            lastSentNs = clock.nowNs();
        }
    }

    private void begin(Request request) {
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
        shownRound = rounds == null ? 0 : rounds.current();
        requests.finish(reason);
    }

    /** Answers an open exchange whose round has ended. */
    void finishIfEnded() {
        if (rounds.isEnded() && requests.active() instanceof Request.Exchange exchange) {
            long bytes = allBytes.getAsLong();
            exchange.result = rounds.finish(bytes, controlMark, takeDropped());
            controlMark = bytes - rounds.dataBytes();
            state.add(exchange.mean);
            finish(null);
            lastSentNs = clock.nowNs() - Protocol.HEARTBEAT_NS; // others may wait to hear that the mean is in good hands
        }
    }

    /** Answers the open request once this worker has taken over the job's state. */
    void finishRestored() {
        Request active = requests.active();
        if (state == null || active == null) {
            return;
        }
        boolean counted = state.wasInSync();
        try (StateImage image = state.restored(terms.epoch(), active, phase == Phase.MEMBER)) {
            if (image == null) {
                return;
            }
            rounds.ledger().read(image.ledger());
            long bytes = allBytes.getAsLong();
            RoundResult result = rounds.jump(image.round(), state.wasTakenLate(), counted, bytes, controlMark,
                    takeDropped());
            if (active instanceof Request.Exchange exchange) {
                controlMark = bytes - rounds.dataBytes();
                exchange.result = result;
                LOG.info("worker {} was brought up to round {}", index, image.round());
            }
            finish(null);
        }
    }

    // ---- ends

    /** The caller has closed this worker. */
    void leave() {
        leave(new TransportException(LEFT), "");
    }

    /** Something went wrong: the caller is told, the job goes on without this worker. */
    void fail(RuntimeException reason) {
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
        phase = phase == Phase.MEMBER ? Phase.LEAVING : Phase.ENDED;
        leaveReason = told;
        shownRound = rounds == null ? 0 : rounds.current();
        requests.fail(reason);
    }

    /** What the aggregator is told of a leave; empty where the caller wanted it. */
    String leaveReason() {
        return leaveReason;
    }

    /** The aggregator has answered a leave. */
    void dismissed() {
        if (phase == Phase.LEAVING) {
            phase = Phase.ENDED;
        }
    }

    /** Nothing more can be sent or received. */
    void end() {
        phase = Phase.ENDED;
    }

    private RuntimeException failure() {
        RuntimeException reason = failure;
        return reason != null ? reason : new TransportException(LEFT);
    }

    /** Nobody waits for an answer any more. */
    void abandon() {
        requests.close();
        joined.completeExceptionally(failure());
    }

    @Override
    public void close() {
        if (state != null) {
            state.close();
        }
        arena.close();
    }
}
