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
 * One worker as the aggregator sees it: the image its frames come from, the publication that answers it, and what it is
 * still to be told. It owns its state and its {@link Sync}, and changes them only by the methods below. Single-threaded, as
 * the agent that owns it.
 */
final class Session implements AutoCloseable {
    private final Peer peer;
    private DownlinkProxy downlink;

    private Peer.State state = Peer.State.MEMBER;
    /** The worker's number, -1 when refused. */
    private int index = -1;
    private final Liveness liveness;
    private long lastSentNs;

    private final Notices notices = new Notices();
    private final Progress progress = new Progress();

    /** Of a join that waits for its layout; null if none does. */
    private LayoutReceiver layout;

    Session(Peer peer, long nowNs) {
        this.peer = peer;
        liveness = new Liveness(nowNs);
    }

    Peer peer() {
        return peer;
    }

    /** The state that the worker had when it joined. */
    StateLabel held() {
        return peer.held();
    }

    /** The worker's number, -1 when refused. */
    int index() {
        return index;
    }

    Peer.State state() {
        return state;
    }

    /** How it stands to the job's rounds. */
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

    /** The text of its layout is needed before its join can be judged. */
    void ask(JoinRequest join, int mtu) {
        state = Peer.State.ASKED;
        layout = new LayoutReceiver(join, mtu);
        notices.wantLayout();
    }

    /** What has come of the layout, and the join that waits for it; null if none does. */
    LayoutReceiver layout() {
        return layout;
    }

    /** The layout has come whole: the join is judged now. */
    void answered() {
        state = Peer.State.MEMBER;
        layout = null;
    }

    /** It wants to know what the job is, and has not joined. */
    void inquire() {
        state = Peer.State.ASKING;
        notices.offer();
    }

    /** Its join was granted. */
    void seat(int place) {
        index = place;
    }

    Liveness liveness() {
        return liveness;
    }

    /** Whether a round may wait for it. */
    boolean takesPart() {
        return isMember() && progress.takesPart();
    }

    /** Whether it takes part and gives signs of life. */
    boolean isActive() {
        return takesPart() && !liveness.isSilent();
    }

    /** Whether it stands before this round as far as can be known here: it was sent all up to there. */
    boolean mayStandBefore(long round) {
        return isMember() && progress.mayStandBefore(round);
    }

    /** Whether it can be asked for the state before this round. */
    boolean canSupply(long round) {
        return progress.canSupply(round) && !liveness.isSilent();
    }

    Notices notices() {
        return notices;
    }

    /** The same process has come again: this way to it is not used any more. */
    void renewed() {
        state = Peer.State.DEAD;
    }

    /** Its place was given to another process, and it is told so, or it would come back for ever. */
    void replaced(String reason) {
        state = Peer.State.REJECTED;
        notices.fail(FailureCode.REPLACED, "worker number " + index + " was " + reason);
        notices.goodbye();
    }

    /**
     * It comes to the running job: at once if it needs nothing but means that are kept.
     *
     * @param follows whether the means from the round on that it stands before are kept
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

    /** It has the job's state before this round. */
    void synced(long round) {
        progress.synced(round);
        notices.start(round);
    }

    /** It was there when the job began, and stands before this round. */
    void initial(long round) {
        progress.initial(round);
        notices.start(round);
    }

    /** A member with this state has restored the job before this round: members with an equal one go on, others ask for it. */
    void restored(StateLabel source, long round) {
        if (held().equals(source)) {
            synced(round);
        } else {
            behind(round);
        }
    }

    /** It has to ask for the job's state. */
    void behind(long round) {
        progress.behind();
        notices.behind(round);
    }

    /** The open round, in which it takes part, failed and begins again. */
    void retry(long round, int attempt, String reason) {
        progress.retry(round, attempt);
        notices.retry(attempt, reason);
    }

    /** The peer asked again: it has not seen the answer, or asked before it came. */
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

    /** Whether the peer left, was answered, and has closed its end. */
    boolean isThrough() {
        return downlink == null || !notices.isGoodbyeDue() && !downlink.isConnected();
    }

    void end(Peer.State newState) {
        state = newState;
    }

    /**
     * Sends what is due, as much as there is room for.
     *
     * @param means the mean of a round as far as it is ready; null for one that is not kept
     * @param shared whether means are of no use without the state that members share
     * @return messages sent
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

    /** A heartbeat, whatever was sent before. */
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
        return index < 0 ? "a refused worker" : "worker " + index;
    }
}
