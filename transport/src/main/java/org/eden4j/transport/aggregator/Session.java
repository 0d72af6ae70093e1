package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.LayoutReceiver;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.FailureCode;
import org.eden4j.transport.wire.JobTerms;
import org.eden4j.transport.wire.JoinRequest;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;

/**
 * The aggregator's view of one worker: its image, the publication that answers it, and its pending notices. It owns the
 * worker's state and its {@link Sync}, which change only through the methods below. Single-threaded, like the agent
 * that owns it.
 */
final class Session implements AutoCloseable {
    private final Peer peer;
    private DownlinkProxy downlink;

    private Peer.State state = Peer.State.MEMBER;
    /** The worker's number, -1 if rejected. */
    private int index = -1;
    private final Liveness liveness;
    private long lastSentNs;

    private final Notices notices = new Notices();
    private final Progress progress = new Progress();

    /** Receiver of the layout for which a join waits; null if none does. */
    private LayoutReceiver layout;

    Session(Peer peer, long nowNs) {
        this.peer = peer;
        liveness = new Liveness(nowNs);
    }

    Peer peer() {
        return peer;
    }

    /** Returns the worker's state when it joined. */
    StateLabel held() {
        return peer.held();
    }

    /** Returns the worker's number, -1 if rejected. */
    int index() {
        return index;
    }

    Peer.State state() {
        return state;
    }

    /** Returns its progress. */
    Progress progress() {
        return progress;
    }

    boolean isConnecting() {
        return downlink == null;
    }

    void connected(DownlinkProxy proxy) {
        downlink = proxy;
    }

    boolean isMember() {
        return state == Peer.State.MEMBER;
    }

    /** Requests the text of its layout, which the decision on its join needs. */
    void ask(JoinRequest join, int mtu) {
        state = Peer.State.ASKED;
        layout = new LayoutReceiver(join, mtu);
        notices.wantLayout();
    }

    /** Returns the receiver of the layout, with the join that waits for it; null if none does. */
    LayoutReceiver layout() {
        return layout;
    }

    /** Ends the wait for the layout: the join is decided now. */
    void answered() {
        state = Peer.State.MEMBER;
        layout = null;
    }

    /** Answers a peer that requests the job's terms and has not joined. */
    void inquire() {
        state = Peer.State.ASKING;
        notices.offer();
    }

    /** Gives it a place after its join was granted. */
    void seat(int place) {
        index = place;
    }

    Liveness liveness() {
        return liveness;
    }

    /** Returns whether a round may wait for it. */
    boolean takesPart() {
        return isMember() && progress.takesPart();
    }

    /** Returns whether it takes part and sends heartbeats. */
    boolean isActive() {
        return takesPart() && !liveness.isSilent();
    }

    /** Returns whether it pauses and a round waits for it nevertheless. */
    boolean isExpectedBack() {
        return progress.isPaused() && isActive();
    }

    /** Returns whether it may have reached this round: everything up to it has been sent. */
    boolean mayStandBefore(long round) {
        return isMember() && progress.mayStandBefore(round);
    }

    /** Returns whether it can be asked for the state before this round. */
    boolean canSupply(long round) {
        return progress.canSupply(round) && !liveness.isSilent();
    }

    Notices notices() {
        return notices;
    }

    /** Ends this session, because the same process has joined on a new link. */
    void renewed() {
        state = Peer.State.DEAD;
    }

    /**
     * Ends this session, because its place was given to another process; it is informed, because it would otherwise
     * return forever.
     */
    void replaced(String reason) {
        state = Peer.State.REJECTED;
        notices.fail(FailureCode.REPLACED, "worker number " + index + " was " + reason);
        notices.goodbye();
    }

    /**
     * Lets it enter the running job: at once if it needs only means that are kept.
     *
     * @param follows whether the means from its round on are kept
     */
    void enter(int epoch, boolean follows, long openRound) {
        if (peer.held().epoch() != epoch || !follows) {
            behind(openRound);
        } else if (peer.held().kind() == StateKind.UNDECIDED) {
            initial(peer.held().round());
        } else {
            synced(peer.held().round());
        }
    }

    /** Records that it has the job's state before this round. */
    void synced(long round) {
        progress.synced(round);
        notices.start(round);
    }

    /** Records that it was a member when the job started, before this round. */
    void initial(long round) {
        progress.initial(round);
        notices.start(round);
    }

    /**
     * Records that a member with this state has restored the job before this round: members with an equal state
     * continue, and the others request it.
     */
    void restored(StateLabel source, long round) {
        if (held().equals(source)) {
            synced(round);
        } else {
            behind(round);
        }
    }

    /** Tells it to request the job's state. */
    void behind(long round) {
        progress.behind();
        notices.behind(round);
    }

    /** Announces that the open round, in which it takes part, failed and starts again. */
    void retry(long round, int attempt, String reason) {
        progress.retry(round, attempt);
        notices.retry(attempt, reason);
    }

    /** Repeats the answer to a peer that asked again, because it has not seen the answer or asked before it arrived. */
    void answerAgain(long nowNs) {
        liveness.joinedAgain(nowNs);
        if (state == Peer.State.MEMBER) {
            notices.welcomeAgain();
        } else if (state == Peer.State.REJECTED) {
            notices.rejectAgain();
        } else if (state == Peer.State.ASKING) {
            notices.offer();
        }
    }

    /** Returns whether the peer has left, was answered, and has closed its end. */
    boolean isThrough() {
        return downlink == null || !notices.isGoodbyeDue() && !downlink.isConnected();
    }

    void end(Peer.State newState) {
        state = newState;
    }

    /**
     * Sends due messages, as many as the log has space for.
     *
     * @param means returns the ready part of the mean of a round; null for a round that is not kept
     * @param shared whether means are useless without the state that members share
     * @return the number of messages sent
     */
    int service(JobTerms terms, LongFunction<MeanStore> means, boolean shared, long nowNs) {
        if (downlink == null || state == Peer.State.DEAD) {
            return 0;
        }
        int epoch = terms.epoch();
        int sent = notices.send(downlink, peer.token(), index, terms, progress.cursorRound());
        if (state == Peer.State.MEMBER && notices.isClear()) {
            sent += progress.send(downlink, means, shared, epoch);
        }
        if (sent > 0) {
            lastSentNs = nowNs;
        } else if (state == Peer.State.MEMBER && nowNs - lastSentNs > Protocol.HEARTBEAT_NS
                && downlink.heartbeat(epoch, progress.cursorRound(), BlockSeed.AGGREGATOR)) {
            lastSentNs = nowNs;
        }
        return sent;
    }

    /** Sends a heartbeat, regardless of other messages. */
    void giveSign(int epoch) {
        if (downlink != null && state == Peer.State.MEMBER) {
            downlink.heartbeat(epoch, progress.cursorRound(), BlockSeed.AGGREGATOR);
        }
    }

    @Override
    public void close() {
        progress.close();
        if (downlink != null) {
            downlink.close();
        }
    }

    @Override
    public String toString() {
        return index < 0 ? "a rejected worker" : "worker " + index;
    }
}
