package org.eden4j.transport.worker;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.RejectCode;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.sbe.WelcomeDecoder;
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
    private static final String LEFT = "this worker has left the job";

    private enum Phase {
        JOINING, MEMBER, LEAVING, ENDED
    }

    private final PatientClock clock;
    private final LongWork work;
    private final long token;
    private final LongSupplier allBytes;
    private final CompletableFuture<Membership> joined = new CompletableFuture<>();
    private final RequestSlot requests = new RequestSlot(this::failure);
    private final Arena arena = Arena.ofShared();

    private WorkerWish wish;
    private Phase phase = Phase.JOINING;
    private volatile RuntimeException failure;
    private long lastHeardNs;
    private String leaveReason = "";
    private final Joining joining;

    private JobTerms terms;
    private int index;
    private WorkerRounds rounds;
    private WorkerState state;
    private RequestProcessor processor;
    /** Messages dropped since the last round. */
    private long dropped;

    /**
     * @param token of this process
     * @param allBytes bytes of all messages, sent and received, on all links so far
     */
    WorkerLifecycle(WorkerWish wish, long token, PatientClock clock, LongWork work, LongSupplier allBytes) {
        this.wish = wish;
        this.token = token;
        this.clock = clock;
        this.work = work;
        this.allBytes = allBytes;
        joining = new Joining(token);
    }

    /** Completes with the membership, or with what stood against it. From any thread. */
    CompletableFuture<Membership> joined() {
        return joined;
    }

    /** Callers' threads submit to it. */
    RequestSlot requests() {
        return requests;
    }

    long token() {
        return token;
    }

    Joining joining() {
        return joining;
    }

    WorkerWish wish() {
        return wish;
    }

    /** Null before the first welcome, like what follows from it. */
    JobTerms terms() {
        return terms;
    }

    RequestProcessor processor() {
        return processor;
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

    /** A heartbeat, whatever was sent before. */
    void giveSign(UplinkProxy uplink) {
        uplink.heartbeat(terms.epoch(), rounds == null ? 0 : rounds.current(), index);
    }

    // ---- membership

    /**
     * The aggregator has granted the join.
     *
     * @throws TransportException if it came back with other terms than before
     */
    void welcomed(WelcomeDecoder welcome, Method downlink) {
        if (welcome.layoutHash() != wish.layout().hash()) {
            throw new TransportException("the aggregator welcomes this worker to a job of another layout");
        }
        if (terms == null) {
            index = welcome.index();
            wish = wish.withIndex(index);
            terms = new JobTerms(welcome.workers(), wish.method(), downlink, wish.dimension(), wish.mtu(),
                    welcome.jobSeed(), (int) welcome.epoch(), welcome.deadlineNs(), 0, 0, wish.joinTimeoutNs(),
                    wish.udp(), (welcome.uplink() & Protocol.UPLINK_UNRELIABLE) != 0)
                .withShard(wish.shard())
                .withLayout(wish.layout())
                .withAgreement(wish.agreement())
                .withHashInterval((int) welcome.hashInterval());
            rounds = work.call(terms.vectorBytes(),
                    () -> new WorkerRounds(terms, index, wish.errorFeedback(), work, arena));
            state = new WorkerState(terms, index);
            processor = new RequestProcessor(requests, rounds, state, index, clock, work, allBytes, this::takeDropped,
                    welcome.round());
        } else if (index != welcome.index() || terms.jobSeed() != welcome.jobSeed()
                || terms.workers() != welcome.workers() || !terms.downlink().equals(downlink)) {
            throw new TransportException("the aggregator came back with other terms: worker number " + welcome.index()
                    + " of " + welcome.workers() + ", downlink " + downlink + ", job seed " + welcome.jobSeed());
        }
        terms = terms.withEpoch((int) welcome.epoch());
        processor.connect(terms.epoch());
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
        processor.started();
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
        processor.disconnect();
        return true;
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
        if (processor != null) {
            processor.fail(reason);
        } else {
            requests.fail(reason);
        }
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

    /** Why this worker leaves or has left, null while it does not. From any thread. */
    RuntimeException endReason() {
        return failure;
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
