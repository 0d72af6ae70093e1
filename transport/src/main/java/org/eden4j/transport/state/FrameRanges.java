package org.eden4j.transport.state;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eden4j.compressor.UpdateBlocks.Run;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.wire.FrameLayout;

/** Converts sets of frames to the runs of the job's coordinates that they carry. */
public final class FrameRanges {
    private FrameRanges() {}

    /** Returns the coordinates of these frames, by worker. */
    public static Map<Integer, List<CoordinateRange>> of(FrameLayout layout, Map<Integer, BitSet> frames) {
        Map<Integer, List<CoordinateRange>> ranges = new TreeMap<>();
        frames.forEach((worker, set) -> ranges.put(worker, of(layout, set)));
        return ranges;
    }

    /** Returns the coordinates of these frames; adjacent frames form one range. Absent coordinates are in none. */
    public static List<CoordinateRange> of(FrameLayout layout, BitSet frames) {
        List<CoordinateRange> ranges = new ArrayList<>();
        int origin = layout.firstCoordinate();
        int first = frames.nextSetBit(0);
        while (first >= 0 && first < layout.frameCount()) {
            int end = Math.min(frames.nextClearBit(first), layout.frameCount());
            for (Run run : layout.blocks().runs(layout.firstBlock(first), layout.endBlock(end - 1))) {
                ranges.add(new CoordinateRange(origin + run.first(), origin + run.end()));
            }
            first = frames.nextSetBit(end);
        }
        return ranges;
    }

    /** Returns the coordinates of all other frames. */
    public static List<CoordinateRange> without(FrameLayout layout, BitSet frames) {
        BitSet others = (BitSet) frames.clone();
        others.flip(0, layout.frameCount());
        return of(layout, others);
    }
}
