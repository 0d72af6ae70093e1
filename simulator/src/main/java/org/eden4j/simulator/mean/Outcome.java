package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.transport.CoordinateRange;

/**
 * What was counted in a round, as a worker that has its mean tells it.
 *
 * @param contributors workers whose whole vector was counted
 * @param partial by worker: what was counted of others' vectors
 */
record Outcome(List<Integer> contributors, Map<Integer, List<CoordinateRange>> partial) {
    static Outcome of(JsonNode said) {
        List<Integer> contributors = new ArrayList<>();
        said.path("counted").forEach(worker -> contributors.add(worker.asInt()));
        Map<Integer, List<CoordinateRange>> partial = new TreeMap<>();
        said.path("partial").properties().forEach(entry -> {
            List<CoordinateRange> ranges = new ArrayList<>();
            entry.getValue()
                .forEach(range -> ranges.add(new CoordinateRange(range.get(0).asInt(), range.get(1).asInt())));
            partial.put(Integer.valueOf(entry.getKey()), ranges);
        });
        return new Outcome(contributors, partial);
    }

    /** Of so many workers those whose whole vector was not counted. */
    List<Integer> missing(int workers) {
        List<Integer> missing = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            if (!contributors.contains(worker)) {
                missing.add(worker);
            }
        }
        return missing;
    }
}
