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
 * The contributions counted in a round: the workers, and for incomplete contributions the coordinates.
 *
 * @param contributors workers whose update was complete
 * @param partial counted coordinates of incomplete updates, by worker
 */
record Counted(List<Integer> contributors, SortedMap<Integer, List<CoordinateRange>> partial) {
    /** Parses a member's report. */
    static Counted of(JsonNode said) {
        List<Integer> contributors = new ArrayList<>();
        said.path("contributors").forEach(worker -> contributors.add(worker.asInt()));
        return new Counted(contributors, Ranges.read(said.path("partial")));
    }

    /**
     * Returns the workers whose vectors the mean approximates, in order: all that were counted, completely or
     * partially.
     */
    NavigableSet<Integer> participants() {
        NavigableSet<Integer> participants = new TreeSet<>(contributors);
        participants.addAll(partial.keySet());
        return participants;
    }

    /** Returns whether a participant's coordinate was counted. */
    boolean has(int worker, int coordinate) {
        List<CoordinateRange> ranges = partial.get(worker);
        return ranges == null || ranges.stream().anyMatch(range -> range.contains(coordinate));
    }

    /** Returns the share of the coordinates sent that nobody delivered. */
    double nobody(UpdateBlocks layout) {
        long coordinates = 0;
        for (int block = 0; block < layout.blockCount(); block++) {
            coordinates += count(layout.offset(block)) == 0 ? layout.length(block) : 0;
        }
        return (double) coordinates / layout.coordinates();
    }

    /** Returns the number of contributions to a coordinate. */
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
