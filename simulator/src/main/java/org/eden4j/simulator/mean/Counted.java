package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeSet;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.simulator.process.Ranges;
import org.eden4j.transport.job.CoordinateRange;

/**
 * What was counted in a round: whose vectors, and of those that came in part the coordinates.
 *
 * @param contributors workers whose update came to its end
 * @param partial by worker: what was counted, where it is not all
 */
record Counted(List<Integer> contributors, SortedMap<Integer, List<CoordinateRange>> partial) {
    /** Reads the account of a member. */
    static Counted of(JsonNode said) {
        List<Integer> contributors = new ArrayList<>();
        said.path("contributors").forEach(worker -> contributors.add(worker.asInt()));
        return new Counted(contributors, Ranges.read(said.path("partial")));
    }

    /** Workers whose vectors the mean is meant to be of, in order: all that counted, in whole or in part. */
    NavigableSet<Integer> participants() {
        NavigableSet<Integer> participants = new TreeSet<>(contributors);
        participants.addAll(partial.keySet());
        return participants;
    }

    /** Whether a participant's coordinate was counted. */
    boolean has(int worker, int coordinate) {
        List<CoordinateRange> ranges = partial.get(worker);
        return ranges == null || ranges.stream().anyMatch(range -> range.contains(coordinate));
    }

    /** The share of the coordinates that travel which nobody delivered. */
    double nobody(UpdateBlocks layout) {
        long coordinates = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            coordinates += count(layout.offset(block)) == 0 ? layout.length(block) : 0;
        }
        return (double) coordinates / layout.coordinates();
    }

    /** Contributions to a coordinate. */
    int count(int coordinate) {
        int count = 0;
        for (int worker : participants()) {
            if (has(worker, coordinate)) {
                count++;
            }
        }
        return count;
    }
}
