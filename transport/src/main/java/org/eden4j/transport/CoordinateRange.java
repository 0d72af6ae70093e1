package org.eden4j.transport;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run of a vector's coordinates.
 *
 * @param first the first coordinate
 * @param end the coordinate after the last
 */
public record CoordinateRange(int first, int end) {
    public CoordinateRange {
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException("a range needs 0 <= first < end, got " + first + " and " + end);
        }
    }

    /** Whether a coordinate is in this run. */
    public boolean contains(int coordinate) {
        return first <= coordinate && coordinate < end;
    }

    /** What these frames carry, by worker. */
    static Map<Integer, List<CoordinateRange>> of(FrameLayout layout, Map<Integer, BitSet> frames) {
        Map<Integer, List<CoordinateRange>> ranges = new TreeMap<>();
        frames.forEach((worker, set) -> ranges.put(worker, of(layout, set)));
        return ranges;
    }

    /** What these frames carry; neighbours are one range. */
    static List<CoordinateRange> of(FrameLayout layout, BitSet frames) {
        List<CoordinateRange> ranges = new ArrayList<>();
        int first = frames.nextSetBit(0);
        while (first >= 0 && first < layout.frameCount()) {
            int end = Math.min(frames.nextClearBit(first), layout.frameCount());
            ranges.add(new CoordinateRange(layout.first(first), layout.end(end - 1)));
            first = frames.nextSetBit(end);
        }
        return ranges;
    }

    /** What all other frames carry. */
    static List<CoordinateRange> without(FrameLayout layout, BitSet frames) {
        BitSet others = (BitSet) frames.clone();
        others.flip(0, layout.frameCount());
        return of(layout, others);
    }
}
