package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.state.StateImage;
import org.eden4j.transport.wire.DownlinkProxy;
import org.eden4j.transport.wire.StateKind;

/**
 * The progress of one member: whether it has the job's state, which states and means it has been sent, and whether it
 * pauses. Single-threaded, like the session that owns it.
 */
final class Progress implements AutoCloseable {
    private final MeanCursor cursor = new MeanCursor();
    private final StateFeed feed = new StateFeed();
    private Sync sync = Sync.BEHIND;
    /** True if it takes no part in rounds until it is ready. */
    private boolean paused;
    /** True if the next round waits for it although it pauses. */
    private boolean expectedBack;
    /** Round before which its last pause ended; -1 before that. */
    private long resumedRound = -1;
    /** Kind of state that it can accept or supply now; null if it has not announced one. */
    private StateKind ready;
    /** Round before which it was at that announcement. */
    private long readyRound;

    Sync sync() {
        return sync;
    }

    /** Returns whether a round may wait for it. */
    boolean takesPart() {
        return sync != Sync.BEHIND && !isAway();
    }

    /** Returns whether it has the job's state completely. */
    boolean hasState() {
        return sync == Sync.INITIAL || sync == Sync.SYNCED;
    }

    /** Returns whether it may have reached this round: everything up to it has been sent. */
    boolean mayStandBefore(long round) {
        return hasState() && cursor.round() == round;
    }

    /** Returns whether it has the state before this round and can supply it. */
    boolean canSupply(long round) {
        return sync == Sync.SYNCED && !paused && cursor.round() == round;
    }

    /** Returns whether part of the mean of this round remains to be sent to it. */
    boolean isOwed(long round) {
        return cursor.round() <= round;
    }

    /** Returns the round whose mean is sent next. */
    long cursorRound() {
        return cursor.round();
    }

    /** Records that it can accept or supply a state of this kind before this round. */
    void ready(StateKind kind, long round) {
        ready = kind;
        readyRound = round;
    }

    /** Returns whether it waits for a state. */
    boolean isReady() {
        return ready != null;
    }

    /** Returns the round before which it was when it announced that it waits for a state. */
    long readyRound() {
        return readyRound;
    }

    /** Pauses it: it receives no means and stays at its round until it is ready. */
    void pause() {
        paused = true;
    }

    boolean isPaused() {
        return paused;
    }

    /** Returns whether it pauses before this round, or did and has continued. */
    boolean hasPausedBefore(long round) {
        return paused || resumedRound == round;
    }

    /** Returns whether it pauses and no round waits for it. */
    boolean isAway() {
        return paused && !expectedBack;
    }

    /** Makes the next round wait for it, because all members pause before it and it has missed no round. */
    void expectBack() {
        expectedBack = true;
    }

    /** Stops waiting for its return. */
    void expectNoMore() {
        expectedBack = false;
    }

    /**
     * Ends its pause, before this round.
     *
     * @return whether that round is still open, so that it can continue at once; otherwise it needs the job's state
     */
    boolean resume(long round, long openRound) {
        boolean follows = round == openRound && mayStandBefore(openRound);
        expectedBack = false;
        if (follows) {
            paused = false;
            resumedRound = round;
        } else {
            sync = Sync.BEHIND;
        }
        return follows;
    }

    /** Records that it has the job's state before this round. */
    void synced(long round) {
        turn(Sync.SYNCED);
        cursor.seek(round);
    }

    /** Records that it was a member when the job started, before this round. */
    void initial(long round) {
        turn(Sync.INITIAL);
        cursor.seek(round);
    }

    /** Records that it must request the job's state. */
    void behind() {
        sync = Sync.BEHIND;
        ready = null;
        feed.close();
    }

    /** Starts sending a state, and the means from it on; {@code roundEnded} if the mean of its round is complete. */
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

    /** Announces that the open round, in which it takes part, starts again in this attempt. */
    void retry(long round, int attempt) {
        cursor.retry(round, attempt);
    }

    /** Returns the attempt in which it sends to a round once it has read all messages. */
    int attempt(long round) {
        return cursor.attempt(round);
    }

    /**
     * Sends due messages, as many as the log has space for.
     *
     * @param means returns the ready part of the mean of a round; null for a round that is not kept
     * @param shared whether means are useless without the state that members share
     * @return the number of messages sent
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
