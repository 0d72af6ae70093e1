package org.eden4j.transport.state;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The hashes of members' states before one round, as the members report them. Not thread-safe. */
public final class ReplicaHashes {
    private final Map<Integer, Long> byWorker = new TreeMap<>();
    private long round = -1;

    /** Records a member's hash; hashes of other rounds are discarded. */
    public void enter(long newRound, int worker, long hash) {
        if (newRound != round) {
            byWorker.clear();
            round = newRound;
        }
        byWorker.put(worker, hash);
    }

    /** Returns whether any member has reported a hash for this round. */
    public boolean isOf(long askedRound) {
        return round == askedRound && !byWorker.isEmpty();
    }

    /** Returns the hash reported by more than half of the members, or else that of the lowest-numbered member. */
    public long prevailing() {
        Map<Long, Integer> counts = new HashMap<>();
        byWorker.values().forEach(hash -> counts.merge(hash, 1, Integer::sum));
        return counts.entrySet()
            .stream()
            .filter(count -> 2 * count.getValue() > byWorker.size())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseGet(() -> byWorker.values().iterator().next());
    }

    /** Returns the members that reported another hash. */
    public BitSet others(long hash) {
        BitSet others = new BitSet();
        byWorker.forEach((worker, said) -> {
            if (said != hash) {
                others.set(worker);
            }
        });
        return others;
    }
}
