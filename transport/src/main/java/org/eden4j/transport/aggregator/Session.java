package org.eden4j.transport.aggregator;

import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateSender;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.Protocol;
import org.eden4j.transport.wire.StateKind;
import org.eden4j.transport.wire.StateLabel;

/**
 * One worker as the aggregator sees it: the image its frames come from, the publication that answers it, and what it is
 * still to be told. Single-threaded, as the agent that owns it.
 *
 * <pre>
 * INITIAL --means--&gt; SYNCED --did not take a mean in time--&gt; BEHIND --asks--&gt; STREAMING --all sent--&gt; SYNCED
 * </pre>
 */
final class Session implements AutoCloseable {
    /** What the peer is to the job. */
    enum State {
        /** A member. */
        MEMBER,
        /** Refused, and told so. */
        REJECTED,
        /** Left of its own will. */
        LEFT,
        /** A former member whose image is gone, or whose place was given to another. */
        DEAD
    }

    /** How a member's state stands to the job's. */
    enum Sync {
        /** Was there when the job began: has what all had then, and may still ask for the initial model. */
        INITIAL,
        /** Has the job's state, or will when it has taken the means under way to it. */
        SYNCED,
        /** Has another state, and gets nothing until it asks for the job's. */
        BEHIND,
        /** Is being sent the job's state. */
        STREAMING
    }

    private static final int PARTS_AT_A_TIME = 16;

    /** The image's session id: frames count as this member's only if they come from it. */
    final int sessionId;
    /** Of the worker's process. */
    final long token;
    /** What the worker had when it joined. */
    final StateLabel held;
    private final long registrationId;
    private DownlinkProxy downlink;

    State state = State.MEMBER;
    Sync sync = Sync.BEHIND;
    /** Worker number, -1 when refused. */
    int index = -1;
    /** Silent for too long, or since before a deadline that it missed; not waited for until it is heard again. */
    boolean silent;
    /** Can take or give a state of this kind now; null if it has not said so. */
    StateKind ready;
    /** Which round it stood before when it said so. */
    long readyRound;
    long lastHeardNs;
    private long lastSentNs;

    private final Notices notices = new Notices();
    private StateSender sender;

    /** The next mean frame to send: its round and its position in that round's store. */
    long cursorRound;
    private int cursor;
    /** The next partial update of the round to tell of, by worker and frame. */
    private int partialWorker;
    private int partialFrame;
    /** What round it was told to send again, and in which attempt. */
    private long retriedRound = -1;
    private int retriedAttempt;

    Session(int sessionId, long token, StateLabel held, long registrationId, long nowNs) {
        this.sessionId = sessionId;
        this.token = token;
        this.held = held;
        this.registrationId = registrationId;
        lastHeardNs = nowNs;
    }

    long registrationId() {
        return registrationId;
    }

    boolean isConnecting() {
        return downlink == null;
    }

    void connected(DownlinkProxy proxy) {
        downlink = proxy;
    }

    boolean isMember() {
        return state == State.MEMBER;
    }

    /** Whether a round may wait for it. */
    boolean takesPart() {
        return isMember() && sync != Sync.BEHIND;
    }

    /** Whether it stands before this round as far as can be known here: it was sent all up to there. */
    boolean mayStandBefore(long round) {
        return isMember() && (sync == Sync.SYNCED || sync == Sync.INITIAL) && cursorRound == round;
    }

    Notices notices() {
        return notices;
    }

    /** It has the job's state before this round. */
    void synced(long round) {
        sync = Sync.SYNCED;
        ready = null;
        seek(round);
        notices.start(round);
    }

    /** It has to ask for the job's state. */
    void behind(long round) {
        sync = Sync.BEHIND;
        ready = null;
        drop();
        notices.behind(round);
    }

    /** Is sent a state, and then the means from there on; {@code roundEnded} if that of its round is complete. */
    void stream(StateImage image, boolean roundEnded, int mtu) {
        drop();
        sender = new StateSender(image.hold(), roundEnded, mtu);
        sync = Sync.STREAMING;
        ready = null;
        seek(image.round());
    }

    private void drop() {
        if (sender != null) {
            sender.close();
            sender = null;
        }
    }

    /** Means are sent from the beginning of this round on. */
    void seek(long round) {
        cursorRound = round;
        cursor = 0;
        partialWorker = 0;
        partialFrame = 0;
    }

    /** The open round, in which it takes part, failed and begins again. */
    void retry(long round, int attempt, String reason) {
        seek(round);
        retriedRound = round;
        retriedAttempt = attempt;
        notices.retry(attempt, reason);
    }

    /** The attempt in which it sends to a round once it has heard all that it was told. */
    int attempt(long round) {
        return round == retriedRound ? retriedAttempt : 1;
    }

    /** The peer asked again: it has not seen the answer, or asked before it came. */
    void answerAgain() {
        notices.answerAgain(state);
    }

    /** Whether the peer left, was answered, and has closed its end. */
    boolean isThrough() {
        return downlink == null || !notices.isGoodbyeDue() && !downlink.isConnected();
    }

    void end(State newState) {
        state = newState;
    }

    /**
     * Sends what is due, as much as there is room for.
     *
     * @return messages sent
     */
    int service(AggregatorAgent job, long nowNs) {
        if (downlink == null || state == State.DEAD) {
            return 0;
        }
        int epoch = job.terms().epoch();
        int sent = notices.send(downlink, token, index, job.terms(), cursorRound);
        if (state == State.MEMBER && notices.isClear()) {
            sent += state(epoch);
            if (sync == Sync.SYNCED || sync == Sync.INITIAL && !job.hasModel()) {
                sent += means(job, epoch);
            }
        }
        if (sent > 0) {
            lastSentNs = nowNs;
        } else if (state == State.MEMBER && nowNs - lastSentNs > Protocol.HEARTBEAT_NS
                && downlink.heartbeat(epoch, cursorRound, BlockSeed.AGGREGATOR)) {
            lastSentNs = nowNs;
        }
        return sent;
    }

    private int state(int epoch) {
        if (sender == null) {
            return 0;
        }
        int sent = sender.send(downlink, epoch, BlockSeed.AGGREGATOR, PARTS_AT_A_TIME);
        if (sender.isEnded()) {
            drop();
            sync = Sync.SYNCED;
        }
        return sent;
    }

    private int means(AggregatorAgent job, int epoch) {
        int sent = 0;
        MeanStore store = job.store(cursorRound);
        while (store != null) {
            while (cursor < store.readyCount()) {
                if (!store.send(downlink, epoch, cursor)) {
                    return sent;
                }
                cursor++;
                sent++;
            }
            if (!store.ended || !partials(store, epoch)
                    || !downlink.roundEnd(epoch, cursorRound, store.attempt, store.members, store.contributors)) {
                return sent;
            }
            sent++;
            seek(cursorRound + 1);
            store = job.store(cursorRound);
        }
        return sent;
    }

    /** Tells of updates that were counted in part; whether there was room for all. */
    private boolean partials(MeanStore store, int epoch) {
        for (var partial : store.partial.entrySet()) {
            if (partial.getKey() < partialWorker) {
                continue;
            }
            do { // once also where nothing of an update was counted
                int next = downlink.partial(epoch, store.round, partial.getKey(), partial.getValue(), partialFrame);
                if (next < 0) {
                    return false;
                }
                partialFrame = next;
            } while (partialFrame < partial.getValue().length());
            partialWorker = partial.getKey() + 1;
            partialFrame = 0;
        }
        return true;
    }

    @Override
    public void close() {
        drop();
        if (downlink != null) {
            downlink.close();
        }
    }

    @Override
    public String toString() {
        return index < 0 ? "a refused worker" : "worker " + index;
    }
}
