package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.wire.DownlinkProxy;

/** The position up to which means have been sent to one member: the next frame's round and position. Single-threaded. */
final class MeanCursor {
    private long round;
    private int position;
    /** Next partial update of the round to report, by worker and frame. */
    private int partialWorker;
    private int partialFrame;
    /** Round that the member was told to send again, and the attempt. */
    private long retriedRound = -1;
    private int retriedAttempt;

    /** Returns the round whose mean is sent next. */
    long round() {
        return round;
    }

    /** Sends means from the beginning of this round on. */
    void seek(long newRound) {
        round = newRound;
        position = 0;
        partialWorker = 0;
        partialFrame = 0;
    }

    /** As {@link #seek}, for an attempt that is announced to the member. */
    void retry(long newRound, int attempt) {
        seek(newRound);
        retriedRound = newRound;
        retriedAttempt = attempt;
    }

    /** Returns the attempt in which the member sends to a round once it has read all messages. */
    int attempt(long sentRound) {
        return sentRound == retriedRound ? retriedAttempt : 1;
    }

    /**
     * Sends ready frames, as many as the log has space for.
     *
     * @param means returns the ready part of the mean of a round; null for a round that is not kept
     * @return the number of messages sent
     */
    int send(DownlinkProxy downlink, LongFunction<MeanStore> means, int epoch) {
        int sent = 0;
        MeanStore store = means.apply(round);
        while (store != null) {
            while (position < store.readyCount()) {
                if (!store.send(downlink, epoch, position)) {
                    return sent;
                }
                position++;
                sent++;
            }
            if (!store.isEnded() || !partials(downlink, store, epoch)
                    || !downlink.roundEnd(epoch, round, store.attempt(), store.expectedError(), store.members(),
                            store.contributors())) {
                return sent;
            }
            sent++;
            seek(round + 1);
            store = means.apply(round);
        }
        return sent;
    }

    /** Reports updates that were counted in part; returns whether there was space for all. */
    private boolean partials(DownlinkProxy downlink, MeanStore store, int epoch) {
        for (var partial : store.partial().entrySet()) {
            if (partial.getKey() < partialWorker) {
                continue;
            }
            do { // at least once, even if no frame of an update was counted
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
}
