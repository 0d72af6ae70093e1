package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.StateKind;

/**
 * How one member stands to the job's rounds: whether it has the job's state, what of states and means it was sent, and whether
 * it pauses. Single-threaded, as the session that owns it.
 */
final class Progress implements AutoCloseable {
    private final MeanCursor cursor = new MeanCursor();
    private final StateFeed feed = new StateFeed();
    private Sync sync = Sync.BEHIND;
    /** Whether it has said that it takes no part until it is ready. */
    private boolean paused;
    /** Whether the next round waits for it all the same. */
    private boolean expectedBack;
    /** The kind of state that it can take or give now; null if it has not said so. */
    private StateKind ready;
    /** The round it stood before when it said so. */
    private long readyRound;

    Sync sync() {
        return sync;
    }

    /** Whether a round may wait for it. */
    boolean takesPart() {
        return sync != Sync.BEHIND && !isAway();
    }

    /** Whether it has the job's state, and is not being sent it still. */
    boolean hasState() {
        return sync == Sync.INITIAL || sync == Sync.SYNCED;
    }

    /** Whether it stands before this round as far as can be known here: it was sent all up to there. */
    boolean mayStandBefore(long round) {
        return hasState() && cursor.round() == round;
    }

    /** Whether it has the state before this round, and is there to supply it. */
    boolean canSupply(long round) {
        return sync == Sync.SYNCED && !paused && cursor.round() == round;
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

    /** It takes no part until it is ready: it is sent no means, and stays where it is. */
    void pause() {
        paused = true;
    }

    boolean isPaused() {
        return paused;
    }

    /** Whether it pauses and no round waits for it. */
    boolean isAway() {
        return paused && !expectedBack;
    }

    /** All members pause, and it has missed no round: the next one waits for it. */
    void expectBack() {
        expectedBack = true;
    }

    /** It had its time to come back. */
    void expectNoMore() {
        expectedBack = false;
    }

    /**
     * It is ready again, and stands before this round.
     *
     * @return whether that is the open round still, so that it may go on at once; otherwise it needs the job's state
     */
    boolean resume(long round, long openRound) {
        boolean follows = round == openRound && mayStandBefore(openRound);
        expectedBack = false;
        if (follows) {
            paused = false;
        } else {
            sync = Sync.BEHIND;
        }
        return follows;
    }

    /** It has the job's state before this round. */
    void synced(long round) {
        turn(Sync.SYNCED);
        cursor.seek(round);
    }

    /** It was there when the job began, and stands before this round. */
    void initial(long round) {
        turn(Sync.INITIAL);
        cursor.seek(round);
    }

    /** It has to ask for the job's state. */
    void behind() {
        sync = Sync.BEHIND;
        ready = null;
        feed.close();
    }

    /** Is sent a state, and then the means from there on; {@code roundEnded} if that of its round is complete. */
    void stream(StateImage image, boolean roundEnded, int mtu) {
        turn(Sync.STREAMING);
        feed.start(image, roundEnded, mtu);
        cursor.seek(image.round());
    }

    private void turn(Sync next) {
        sync = next;
        paused = false;
        expectedBack = false;
        ready = null;
    }

    /** The open round, in which it takes part, begins again in this attempt. */
    void retry(long round, int attempt) {
        cursor.retry(round, attempt);
    }

    /** The attempt in which it sends to a round once it has heard all that it was told. */
    int attempt(long round) {
        return cursor.attempt(round);
    }

    /**
     * Sends what is due, as much as there is room for.
     *
     * @param means the mean of a round as far as it is ready; null for one that is not kept
     * @param shared whether means are of no use without the state that members share
     * @return messages sent
     */
    int send(DownlinkProxy downlink, LongFunction<MeanStore> means, boolean shared, int epoch) {
        int sent = 0;
        if (feed.isActive()) {
            sent += feed.send(downlink, epoch);
            sync = feed.isActive() ? sync : Sync.SYNCED;
        }
        if (!paused && (sync == Sync.SYNCED || sync == Sync.INITIAL && !shared)) {
            sent += cursor.send(downlink, means, epoch);
        }
        return sent;
    }

    @Override
    public void close() {
        feed.close();
    }
}
