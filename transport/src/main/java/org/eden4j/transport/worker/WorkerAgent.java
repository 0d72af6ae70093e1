package org.eden4j.transport.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.LongWork;
import org.eden4j.transport.media.MediaDriverHost;
import org.eden4j.transport.media.PatientClock;
import org.eden4j.transport.media.Reconnector;
import org.eden4j.transport.wire.DownlinkAdapter;
import org.eden4j.transport.wire.LinkLostException;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.WorkerWish;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty cycle of a worker as the member of one aggregator. One thread does all Aeron work, so that heartbeats
 * continue while the caller trains; the caller submits one {@link Request} at a time and parks.
 *
 * <p>Means are polled all the time, even while the uplink is back-pressured. {@link DownlinkHandler} checks messages,
 * {@link WorkerLifecycle} has the membership and the phases, {@link WorkerRounds} the rounds, and {@link WorkerState}
 * the states.
 */
final class WorkerAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerAgent.class);
    private static final int FRAGMENTS = 32;

    private final Reconnector<WorkerLink> reconnector;
    private final PatientClock clock;
    private final WorkerLifecycle worker;
    private final DownlinkHandler handler;
    private final DownlinkAdapter adapter;

    private WorkerLink link;
    private volatile boolean closeRequested;
    /** Time at which the aggregator was lost. */
    private long lostNs;
    private String lostReason = "";
    private long tickNs;
    /** Time at which this worker began to leave, 0 while it does not. */
    private long leaveNs;
    private boolean leaveSent;
    /** Bytes sent on closed links. */
    private long formerBytes;

    /**
     * @param opener opens a link that replaces a lost one
     * @param token the token of this process
     * @param work runs long steps, with heartbeats of all agents on this thread
     */
    WorkerAgent(WorkerLink link, Supplier<WorkerLink> opener, WorkerWish wish, long token, LongWork work,
            NanoClock nanoClock) {
        this.link = link;
        reconnector = new Reconnector<>(opener);
        clock = new PatientClock(nanoClock);
        worker = new WorkerLifecycle(wish, token, clock, work, this::allBytes);
        handler = new DownlinkHandler(worker);
        adapter = new DownlinkAdapter(handler, wish.shard());
        lostNs = clock.realNs();
    }

    /** Returns a future that completes with the membership, or with the exception that prevented it. */
    CompletableFuture<Membership> joined() {
        return worker.joined();
    }

    /** Returns why this worker leaves or has left, null while it does not. */
    RuntimeException failure() {
        return worker.endReason();
    }

    /** Leaves for this reason, because another of the worker's memberships has ended. */
    void fail(RuntimeException reason) {
        worker.fail(reason);
    }

    /** Returns the round of the open exchange, or of the next one; from any thread. */
    long round() {
        return worker.processor().shownRound();
    }

    /**
     * Submits a request from another thread; the answer is in the request.
     *
     * @throws IllegalStateException if another request is pending
     */
    void submit(Request request) {
        worker.requests().submit(request);
    }

    /** Requests a leave, from any thread. */
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
        } catch (LinkLostException e) {
            lost(e.getMessage());
        } catch (TransportException | NonFiniteGradientException e) {
            worker.fail(e);
        } catch (RuntimeException e) {
            if (link == null || !link.isEndedBy(e)) {
                worker.fail(new TransportException("the worker failed: " + e, e));
            }
        }
        return 1;
    }

    private int dutyCycle() {
        if (worker.isEnded()) {
            throw new AgentTerminationException();
        }
        clock.advance();
        if (closeRequested && !worker.isLeaving()) {
            worker.leave();
        }
        if (worker.processor() != null) {
            worker.processor().finishRestored();
        }
        if (!isLinked()) {
            return 0;
        }
        int work = handler.counted(link.downlink().controlledPoll(adapter, FRAGMENTS));
        if (worker.isMember()) {
            work += worker.processor().send(link.uplink(), link.updates().proxy(worker.terms().unreliable()));
        } else if (worker.isJoining()) {
            work += worker.joining().sendLayout(link.uplink());
        } else if (worker.isLeaving()) {
            sendLeave();
        }
        if (clock.realNs() - tickNs > Protocol.TICK_NS) {
            tickNs = clock.realNs();
            tick();
        }
        return work;
    }

    // ---- link

    private boolean isLinked() {
        if (link != null && link.isClosed()) {
            lost(MediaDriverHost.LOST);
        }
        if (link != null || worker.isLeaving() || worker.isEnded() || worker.isBusy()) {
            return link != null;
        }
        link = reconnector.open(clock.realNs());
        if (link != null) {
            worker.joining().restart();
        } else if (reconnector.failure() != null) {
            checkPatience();
        }
        return link != null;
    }

    /** Closes a useless link and looks for another one. */
    private void lost(String reason) {
        if (worker.isLeaving() || worker.isEnded()) {
            worker.end();
            return;
        }
        if (worker.disconnect(reason)) {
            lostNs = clock.realNs();
            lostReason = reason;
        }
        if (link != null) {
            formerBytes += link.updates().committedBytes();
            link.close();
            link = null;
            adapter.release();
        }
        reconnector.lost(clock.realNs(), Protocol.REOPEN_NS);
    }

    private void checkPatience() {
        long elapsedNs = clock.realNs() - lostNs;
        WorkerWish wish = worker.wish();
        if (worker.terms() == null && elapsedNs > wish.joinTimeoutNs()) {
            throw new TransportException((link != null && link.uplink().isConnected()
                    ? "the aggregator did not answer this worker's join within "
                    : "no aggregator was there to join within ")
                    + TimeUnit.NANOSECONDS.toMillis(wish.joinTimeoutNs()) + " ms");
        } else if (worker.terms() != null && elapsedNs > wish.reconnectTimeoutNs()) {
            throw new TransportException("no aggregator was found again within "
                    + TimeUnit.NANOSECONDS.toMillis(wish.reconnectTimeoutNs()) + " ms; it was lost before round "
                    + worker.rounds().current() + ": " + lostReason);
        }
    }

    private void join() {
        checkPatience();
        worker.joining()
            .send(link.uplink(), worker.wish(), link.stream(), link.endpoint(), worker.held(), clock.realNs());
    }

    private long allBytes() {
        return formerBytes + (link == null ? 0 : link.updates().committedBytes()) + adapter.receivedBytes();
    }

    // ---- time and ends

    /** Sends a heartbeat in the middle of a long step. */
    void giveSign() {
        if (link != null && !link.isClosed() && worker.terms() != null) {
            worker.giveSign(link.uplink());
        }
    }

    private void tick() {
        if (worker.isJoining()) {
            join();
        } else if (worker.isMember()) {
            checkAggregator();
            worker.processor().heartbeat(link.uplink());
        } else if (worker.isLeaving() && (clock.realNs() - leaveNs > Protocol.FAREWELL_NS || isAggregatorGone())) {
            worker.end();
        }
    }

    private void checkAggregator() {
        if (worker.silenceNs() > Protocol.AGGREGATOR_LIVENESS_NS) {
            throw new LinkLostException("the aggregator has been silent for "
                    + TimeUnit.NANOSECONDS.toMillis(worker.silenceNs()) + " ms");
        }
        if (isAggregatorGone()) {
            throw new LinkLostException("the aggregator is gone: its stream to this worker has ended");
        }
    }

    private boolean isAggregatorGone() {
        return link.downlink().imageBySessionId(adapter.aggregator()) == null;
    }

    private void sendLeave() {
        if (leaveNs == 0) {
            leaveNs = clock.realNs();
        }
        try {
            leaveSent = leaveSent
                    || link.uplink().leave(worker.terms().epoch(), worker.index(), worker.leaveReason());
        } catch (TransportException e) {
            LOG.debug("no link on which to announce that this worker leaves", e);
            worker.end();
        }
    }

    @Override
    public void onClose() {
        worker.abandon();
        if (link != null) {
            link.close();
        }
        worker.close();
    }
}
