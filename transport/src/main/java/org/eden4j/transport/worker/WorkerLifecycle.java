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
 * A worker from its first join until it ends: its phase, its membership, and its current request. It handles messages,
 * not the link on which they arrive. Single-threaded, like the agent that owns it, except where noted.
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
     * @param token the token of this process
     * @param allBytes returns the bytes of all messages so far, sent and received, on all links
     */
    WorkerLifecycle(WorkerWish wish, long token, PatientClock clock, LongWork work, LongSupplier allBytes) {
        this.wish = wish;
        this.token = token;
        this.clock = clock;
        this.work = work;
        this.allBytes = allBytes;
        joining = new Joining(token);
    }

    /** Returns a future that completes with the membership, or with the exception that prevented it; from any thread. */
    CompletableFuture<Membership> joined() {
        return joined;
    }

    /** Returns the slot to which callers' threads submit requests. */
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

    /** Returns the job's terms; null before the first welcome, as is everything that follows from them. */
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

    /** Returns the label of this worker's state when it joins. */
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

    /** Returns whether a message of this epoch is for this worker. */
    boolean isMemberOf(long epoch) {
        return phase == Phase.MEMBER && (int) epoch == terms.epoch();
    }

    /** Returns whether the caller's thread is restoring a state, so that no link may be opened. */
    boolean isBusy() {
        return state != null && state.isBusy();
    }

    /** Returns whether rounds wait because an earlier state is not in place yet. */
    boolean mustWait() {
        return state != null && state.isTaking();
    }

    /** Records a message of the aggregator. */
    void heard() {
        lastHeardNs = clock.nowNs();
    }

    /** Returns the time since the last message. */
    long silenceNs() {
        return clock.nowNs() - lastHeardNs;
    }

    /** Counts a message that was not for this worker, or was malformed. */
    void drop() {
        dropped++;
    }

    private long takeDropped() {
        long taken = dropped;
        dropped = 0;
        return taken;
    }

    /** Sends a heartbeat, regardless of other messages. */
    void giveSign(UplinkProxy uplink) {
        uplink.heartbeat(terms.epoch(), rounds == null ? 0 : rounds.current(), index);
    }

    // ---- membership

    /**
     * Handles the grant of the join.
     *
     * @throws TransportException if the aggregator has returned with other terms
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
            throw new TransportException("the aggregator returned with other terms: worker number " + welcome.index()
                    + " of " + welcome.workers() + ", downlink " + downlink + ", job seed " + welcome.jobSeed());
        }
        terms = terms.withEpoch((int) welcome.epoch());
        processor.connect(terms.epoch());
        phase = Phase.MEMBER;
        joined.complete(new Membership(terms, index));
    }

    /** Handles the rejection of the join. */
    void rejected(RejectCode code, String reason) {
        throw new JoinRejectedException(code, reason);
    }

    /** Handles the aggregator's notice that this worker must continue with this round, its own. */
    void started(long round) {
        if (round != rounds.current()) {
            throw new LinkLostException("the aggregator starts round " + round + ", this worker is before round "
                    + rounds.current());
        }
        processor.started();
    }

    /**
     * Handles the loss of the link: the worker must join again.
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

    /** Leaves on the caller's request. */
    void leave() {
        leave(new TransportException(LEFT), "");
    }

    /** Fails the worker: the caller learns the reason, and the job continues without this worker. */
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

    /** Returns the reason of a leave as sent to the aggregator; empty if the caller requested it. */
    String leaveReason() {
        return leaveReason;
    }

    /** Handles the answer to a leave. */
    void dismissed() {
        if (phase == Phase.LEAVING) {
            phase = Phase.ENDED;
        }
    }

    /** Ends the worker: nothing more can be sent or received. */
    void end() {
        phase = Phase.ENDED;
    }

    /** Returns why this worker leaves or has left, null while it does not; from any thread. */
    RuntimeException endReason() {
        return failure;
    }

    private RuntimeException failure() {
        RuntimeException reason = failure;
        return reason != null ? reason : new TransportException(LEFT);
    }

    /** Ends the wait for an answer. */
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
