package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eden4j.transport.job.CoordinateRange;

/** The counted ranges of each worker's vector, as members report them: {@code {"2": [[0, 330], [660, 700]]}}. */
public final class Ranges {
    private Ranges() {}

    /** As a field of an event. */
    public static Map<String, List<List<Integer>>> write(Map<Integer, List<CoordinateRange>> partial) {
        Map<String, List<List<Integer>>> written = new TreeMap<>();
        partial.forEach((worker, ranges) -> written.put(worker.toString(),
                ranges.stream().map(range -> List.of(range.first(), range.end())).toList()));
        return written;
    }

    /** Reads the output of {@link #write}, by worker. */
    public static SortedMap<Integer, List<CoordinateRange>> read(JsonNode written) {
        SortedMap<Integer, List<CoordinateRange>> partial = new TreeMap<>();
        written.properties().forEach(entry -> {
            List<CoordinateRange> ranges = new ArrayList<>();
            entry.getValue()
                .forEach(range -> ranges.add(new CoordinateRange(range.get(0).asInt(), range.get(1).asInt())));
            partial.put(Integer.valueOf(entry.getKey()), ranges);
        });
        return partial;
    }
}
