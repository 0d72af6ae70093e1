package org.eden4j.dl4j;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Deals the batches of an iterator out to replicas in turn, batch i to replica i mod n, in the thread that has the iterator. Where
 * the batches of an epoch do not come out even, replicas that get none in the last turn are told so.
 *
 * <p>Holds at most {@value #AHEAD} batches for each replica. Thread-safe: one thread deals, one takes for each replica.
 */
final class BatchDealer {
    private static final int AHEAD = 2;

    /**
     * What a replica is dealt.
     *
     * @param batch null at the end of an epoch
     * @param counts whether the batch is this replica's; otherwise it is a copy of another's in a turn that leaves it without
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

    /** Deals one epoch; returns early where it was stopped. */
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

    /** Whether anybody still takes. */
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
     * Waits for what a replica is dealt next.
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

    /** Nobody deals or takes any more. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
