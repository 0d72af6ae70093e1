package org.eden4j.transport.aggregator;

import java.util.function.LongFunction;
import org.eden4j.transport.mean.MeanStore;
import org.eden4j.transport.wire.DownlinkProxy;

/** How far the means have been sent to one member: the next frame's round and position. Single-threaded. */
final class MeanCursor {
    private long round;
    private int position;
    /** The next partial update of the round to tell of, by worker and frame. */
    private int partialWorker;
    private int partialFrame;
    /** What round the member was told to send again, and in which attempt. */
    private long retriedRound = -1;
    private int retriedAttempt;

    /** The round whose mean is sent next. */
    long round() {
        return round;
    }

    /** Means are sent from the beginning of this round on. */
    void seek(long newRound) {
        round = newRound;
        position = 0;
        partialWorker = 0;
        partialFrame = 0;
    }

    /** As {@link #seek}, for an attempt that the member is told of. */
    void retry(long newRound, int attempt) {
        seek(newRound);
        retriedRound = newRound;
        retriedAttempt = attempt;
    }

    /** The attempt in which the member sends to a round once it has heard all that it was told. */
    int attempt(long sentRound) {
        return sentRound == retriedRound ? retriedAttempt : 1;
    }

    /**
     * Sends what is ready, as much as there is room for.
     *
     * @param means the mean of a round as far as it is ready; null for one that is not kept
     * @return messages sent
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

    /** Tells of updates that were counted in part; whether there was room for all. */
    private boolean partials(DownlinkProxy downlink, MeanStore store, int epoch) {
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
}
