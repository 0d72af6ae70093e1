package org.eden4j.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Deals the batches of an iterator to replicas in turn, batch i to replica i mod n, in the thread that reads the
 * iterator. If the number of batches in an epoch is not a multiple of n, the replicas left over in the last turn are
 * dealt a batch that does not count.
 *
 * <p>Holds at most {@value #AHEAD} batches per replica. Thread-safe: one thread deals, and one thread per replica
 * takes.
 */
final class BatchDealer {
    private static final int AHEAD = 2;

    /**
     * A batch, or the end of an epoch.
     *
     * @param batch null at the end of an epoch
     * @param counts true for a batch of this replica; false for a copy of another replica's batch in a turn that leaves
     *         this one without
     */
    record Dealt(DataSet batch, boolean counts) {
        private static final Dealt END = new Dealt(null, false);

        boolean ends() {
            return batch == null;
        }
    }

    private final List<Deque<Dealt>> hands = new ArrayList<>();
    private boolean stopped;

    BatchDealer(int replicas) {
        for (int replica = 0; replica < replicas; replica++) {
            hands.add(new ArrayDeque<>());
        }
    }

    /** Deals one epoch; returns early if stopped. */
    void deal(DataSetIterator data) throws InterruptedException {
        if (!data.hasNext() && data.resetSupported()) {
            data.reset();
        }
        int turn = 0;
        DataSet first = null;
        while (data.hasNext()) {
            DataSet batch = data.next();
            batch.detach();
            first = turn == 0 ? batch : first;
            if (!give(turn, new Dealt(batch, true))) {
                return;
            }
            turn = (turn + 1) % hands.size();
        }
        for (int replica = turn; turn > 0 && replica < hands.size(); replica++) {
            give(replica, new Dealt(first.copy(), false));
        }
        for (int replica = 0; replica < hands.size(); replica++) {
            give(replica, Dealt.END);
        }
    }

    /** Returns whether dealing continues. */
    private synchronized boolean give(int replica, Dealt dealt) throws InterruptedException {
        Deque<Dealt> hand = hands.get(replica);
        while (!stopped && hand.size() >= AHEAD) {
            wait();
        }
        hand.add(dealt);
        notifyAll();
        return !stopped;
    }

    /**
     * Waits for the next item dealt to a replica.
     *
     * @throws IllegalStateException if dealing was stopped
     */
    synchronized Dealt take(int replica) {
        Deque<Dealt> hand = hands.get(replica);
        try {
            while (!stopped && hand.isEmpty()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("this replica's thread was interrupted", e);
        }
        if (stopped) {
            throw new IllegalStateException("no more batches are dealt: another replica or the iterator has failed");
        }
        Dealt dealt = hand.remove();
        notifyAll();
        return dealt;
    }

    /** Ends dealing and taking. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
