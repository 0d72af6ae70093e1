package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.state.StateSender;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.JobTerms;
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

    private final int sessionId;
    private final long token;
    private final StateLabel held;
    private final long registrationId;
    private DownlinkProxy downlink;

    private State state = State.MEMBER;
    private Sync sync = Sync.BEHIND;
    /** The worker's number, -1 when refused. */
    private int index = -1;
    private boolean silent;
    /** The kind of state that it can take or give now; null if it has not said so. */
    private StateKind ready;
    /** The round it stood before when it said so. */
    private long readyRound;
    private long lastHeardNs;
    private long lastSentNs;

    private final Notices notices = new Notices();
    private StateSender sender;

    /** The next mean frame to send: its round and its position in that round's store. */
    private long cursorRound;
    private int cursor;
    /** The next partial update of the round to tell of, by worker and frame. */
    private int partialWorker;
    private int partialFrame;
    /** What round it was told to send again, and in which attempt. */
    private long retriedRound = -1;
    private int retriedAttempt;

    /**
     * A peer that has asked for membership.
     *
     * @param sessionId of the image: frames count as this member's only if they come from it
     * @param token of the worker's process
     * @param held the state that the worker had when it joined
     * @param registrationId of the publication that answers it
     */
    Session(int sessionId, long token, StateLabel held, long registrationId, long nowNs) {
        this.sessionId = sessionId;
        this.token = token;
        this.held = held;
        this.registrationId = registrationId;
        lastHeardNs = nowNs;
    }

    int sessionId() {
        return sessionId;
    }

    long token() {
        return token;
    }

    StateLabel held() {
        return held;
    }

    /** The worker's number, -1 when refused. */
    int index() {
        return index;
    }

    State state() {
        return state;
    }

    Sync sync() {
        return sync;
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

    /** Its join was granted. */
    void seat(int place) {
        index = place;
    }

    /** A message of its own came. */
    void heard(long nowNs) {
        lastHeardNs = nowNs;
        silent = false;
    }

    /** Time since its last message. */
    long silenceNs(long nowNs) {
        return nowNs - lastHeardNs;
    }

    /** Whether nobody waits for it until it is heard again. */
    boolean isSilent() {
        return silent;
    }

    /** It was silent for too long, or since before a deadline that it missed. */
    void fallSilent() {
        silent = true;
    }

    /** Whether a round may wait for it. */
    boolean takesPart() {
        return isMember() && sync != Sync.BEHIND;
    }

    /** Whether it takes part and gives signs of life. */
    boolean isActive() {
        return takesPart() && !silent;
    }

    /** Whether it stands before this round as far as can be known here: it was sent all up to there. */
    boolean mayStandBefore(long round) {
        return isMember() && (sync == Sync.SYNCED || sync == Sync.INITIAL) && cursorRound == round;
    }

    /** Whether it can be asked for the state before this round. */
    boolean canSupply(long round) {
        return sync == Sync.SYNCED && !silent && cursorRound == round;
    }

    /** Whether it has not been sent the whole mean of this round. */
    boolean isOwed(long round) {
        return cursorRound <= round;
    }

    /** The round whose mean it is sent next. */
    long cursorRound() {
        return cursorRound;
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

    /** It has the job's state before this round. */
    void synced(long round) {
        sync = Sync.SYNCED;
        ready = null;
        seek(round);
        notices.start(round);
    }

    /** It was there when the job began, and stands before this round. */
    void initial(long round) {
        synced(round);
        sync = Sync.INITIAL;
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
    private void seek(long round) {
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
    void answerAgain(long nowNs) {
        lastHeardNs = nowNs;
        if (state == State.MEMBER) {
            notices.welcomeAgain();
        } else if (state == State.REJECTED) {
            notices.rejectAgain();
        }
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
     * @param means the mean of a round as far as it is ready; null for one that is not kept
     * @param shared whether means are of no use without the state that members share
     * @return messages sent
     */
    int service(JobTerms terms, LongFunction<MeanStore> means, boolean shared, long nowNs) {
        if (downlink == null || state == State.DEAD) {
            return 0;
        }
        int epoch = terms.epoch();
        int sent = notices.send(downlink, token, index, terms, cursorRound);
        if (state == State.MEMBER && notices.isClear()) {
            sent += state(epoch);
            if (sync == Sync.SYNCED || sync == Sync.INITIAL && !shared) {
                sent += means(means, epoch);
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

    private int means(LongFunction<MeanStore> means, int epoch) {
        int sent = 0;
        MeanStore store = means.apply(cursorRound);
        while (store != null) {
            while (cursor < store.readyCount()) {
                if (!store.send(downlink, epoch, cursor)) {
                    return sent;
                }
                cursor++;
                sent++;
            }
            if (!store.isEnded() || !partials(store, epoch)
                    || !downlink.roundEnd(epoch, cursorRound, store.attempt(), store.members(), store.contributors())) {
                return sent;
            }
            sent++;
            seek(cursorRound + 1);
            store = means.apply(cursorRound);
        }
        return sent;
    }

    /** Tells of updates that were counted in part; whether there was room for all. */
    private boolean partials(MeanStore store, int epoch) {
        for (var partial : store.partial().entrySet()) {
            if (partial.getKey() < partialWorker) {
                continue;
            }
            do { // once also where nothing of an update was counted
                int next = downlink.partial(epoch, store.round(), partial.getKey(), partial.getValue(), partialFrame);
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
