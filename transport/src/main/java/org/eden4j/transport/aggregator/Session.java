package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.LayoutReceiver;
import org.eden4j.transport.state.StateImage;
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
    private Sync sync = Sync.BEHIND;
    /** The worker's number, -1 when refused. */
    private int index = -1;
    /** The kind of state that it can take or give now; null if it has not said so. */
    private StateKind ready;
    /** The round it stood before when it said so. */
    private long readyRound;
    private final Liveness liveness;
    private long lastSentNs;

    private final Notices notices = new Notices();
    private final StateFeed feed = new StateFeed();

    /** Of a join that waits for its layout; null if none does. */
    private LayoutReceiver layout;

    private final MeanCursor cursor = new MeanCursor();

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

    Sync sync() {
        return sync;
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

    /** Its join was granted. */
    void seat(int place) {
        index = place;
    }

    Liveness liveness() {
        return liveness;
    }

    /** Whether a round may wait for it. */
    boolean takesPart() {
        return isMember() && sync != Sync.BEHIND;
    }

    /** Whether it takes part and gives signs of life. */
    boolean isActive() {
        return takesPart() && !liveness.isSilent();
    }

    /** Whether it stands before this round as far as can be known here: it was sent all up to there. */
    boolean mayStandBefore(long round) {
        return isMember() && (sync == Sync.SYNCED || sync == Sync.INITIAL) && cursor.round() == round;
    }

    /** Whether it can be asked for the state before this round. */
    boolean canSupply(long round) {
        return sync == Sync.SYNCED && !liveness.isSilent() && cursor.round() == round;
    }

    /** Whether it has not been sent the whole mean of this round. */
    boolean isOwed(long round) {
        return cursor.round() <= round;
    }

    /** The round whose mean it is sent next. */
    long cursorRound() {
        return cursor.round();
    }

    /** It can take or give a state of this kind, and stands before this round. */
    void ready(StateKind kind, long round) {
        ready = kind;
        readyRound = round;
    }

    /** Whether it waits for a state. */
    boolean isReady() {
        return ready != null;
    }

    /** The round that it stood before when it said that it waits for a state. */
    long readyRound() {
        return readyRound;
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
        sync = Sync.SYNCED;
        ready = null;
        cursor.seek(round);
        notices.start(round);
    }

    /** It was there when the job began, and stands before this round. */
    void initial(long round) {
        synced(round);
        sync = Sync.INITIAL;
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
        sync = Sync.BEHIND;
        ready = null;
        feed.close();
        notices.behind(round);
    }

    /** Is sent a state, and then the means from there on; {@code roundEnded} if that of its round is complete. */
    void stream(StateImage image, boolean roundEnded, int mtu) {
        feed.start(image, roundEnded, mtu);
        sync = Sync.STREAMING;
        ready = null;
        cursor.seek(image.round());
    }

    /** The open round, in which it takes part, failed and begins again. */
    void retry(long round, int attempt, String reason) {
        cursor.retry(round, attempt);
        notices.retry(attempt, reason);
    }

    /** The attempt in which it sends to a round once it has heard all that it was told. */
    int attempt(long round) {
        return cursor.attempt(round);
    }

    /** The peer asked again: it has not seen the answer, or asked before it came. */
    void answerAgain(long nowNs) {
        liveness.joinedAgain(nowNs);
        if (state == Peer.State.MEMBER) {
            notices.welcomeAgain();
        } else if (state == Peer.State.REJECTED) {
            notices.rejectAgain();
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
        int sent = notices.send(downlink, peer.token(), index, terms, cursor.round());
        if (state == Peer.State.MEMBER && notices.isClear()) {
            if (feed.isActive()) {
                sent += feed.send(downlink, epoch);
                sync = feed.isActive() ? sync : Sync.SYNCED;
            }
            if (sync == Sync.SYNCED || sync == Sync.INITIAL && !shared) {
                sent += cursor.send(downlink, means, epoch);
            }
        }
        if (sent > 0) {
            lastSentNs = nowNs;
        } else if (state == Peer.State.MEMBER && nowNs - lastSentNs > Protocol.HEARTBEAT_NS
                && downlink.heartbeat(epoch, cursor.round(), BlockSeed.AGGREGATOR)) {
            lastSentNs = nowNs;
        }
        return sent;
    }

    /** A heartbeat, whatever was sent before. */
    void giveSign(int epoch) {
        if (downlink != null && state == Peer.State.MEMBER) {
            downlink.heartbeat(epoch, cursor.round(), BlockSeed.AGGREGATOR);
        }
    }

    @Override
    public void close() {
        feed.close();
        if (downlink != null) {
            downlink.close();
        }
    }

    @Override
    public String toString() {
        return index < 0 ? "a refused worker" : "worker " + index;
    }
}
