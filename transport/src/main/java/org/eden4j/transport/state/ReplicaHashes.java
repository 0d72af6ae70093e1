package org.eden4j.transport.state;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What members say that their states before one round hash to. Not thread-safe. */
public final class ReplicaHashes {
    private final Map<Integer, Long> byWorker = new TreeMap<>();
    private long round = -1;

    /** A member's state before this round; what was said of another round is forgotten. */
    public void enter(long newRound, int worker, long hash) {
        if (newRound != round) {
            byWorker.clear();
            round = newRound;
        }
        byWorker.put(worker, hash);
    }

    /** Whether any member has said something of this round. */
    public boolean isOf(long askedRound) {
        return round == askedRound && !byWorker.isEmpty();
    }

    /** The hash that more than half of the members have said; that of the lowest-numbered one where there is none. */
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

    /** Members that have said another hash. */
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
