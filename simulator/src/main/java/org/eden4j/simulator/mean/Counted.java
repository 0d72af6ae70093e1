package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eden4j.compressor.BlockLayout;

/**
 * What the aggregator counted in a round: whose vectors, and of those that came in part the blocks.
 *
 * @param contributors workers whose update came to its end
 * @param partial by worker: the blocks that were counted, where they are not all
 */
record Counted(List<Integer> contributors, SortedMap<Integer, BitSet> partial) {
    /** Reads the aggregator's account. */
    static Counted of(JsonNode statistics) {
        List<Integer> contributors = new ArrayList<>();
        statistics.path("contributors").forEach(worker -> contributors.add(worker.asInt()));
        SortedMap<Integer, BitSet> partial = new TreeMap<>();
        statistics.path("partial")
            .forEach(update -> partial.put(update.path("worker").asInt(),
                    BitSet.valueOf(HexFormat.of().parseHex(update.path("blocks").asText()))));
        return new Counted(contributors, partial);
    }

    /** Workers whose vectors the mean is meant to be of, in order: all that counted, in whole or in part. */
    NavigableSet<Integer> participants() {
        NavigableSet<Integer> participants = new TreeSet<>(contributors);
        participants.addAll(partial.keySet());
        return participants;
    }

    /** Whether a participant's block was counted. */
    boolean has(int worker, int block) {
        BitSet blocks = partial.get(worker);
        return blocks == null || blocks.get(block);
    }

    /** The share of coordinates that nobody delivered. */
    double nobody(BlockLayout layout) {
        long coordinates = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            coordinates += count(block) == 0 ? layout.length(block) : 0;
        }
        return (double) coordinates / layout.dimension();
    }

    /** Contributions to a block. */
    int count(int block) {
        int count = 0;
        for (int worker : participants()) {
            if (has(worker, block)) {
                count++;
            }
        }
        return count;
    }
}
