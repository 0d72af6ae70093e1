package org.eden4j.simulator.sweep;

import java.util.List;

/**
 * The time per coordinate of one group's calls, without the first ones, which fill caches, touch new memory and may run
 * interpreted code, a thousand times slower. Not thread-safe.
 */
final class WarmTime {
    /** Number of coordinates a group processes before its calls count. */
    private static final long FIRST = 1 << 14;
    /** Number of coordinates that all groups together must have timed for their median to be shown. */
    private static final long LEAST = 1 << 18;
    /** Times that differ by a larger factor are not those of the same compiled code. */
    private static final double AGREEMENT = 2;

    private long skipped;
    private long coordinates;
    private long nanoseconds;

    void add(long ns, long count) {
        if (skipped < FIRST) {
            skipped += count;
            return;
        }
        nanoseconds += ns;
        coordinates += count;
    }

    /**
     * Returns the median time per coordinate over groups, in nanoseconds. NaN if they have timed too little, or if a
     * quarter of them is slower than the median by more than a factor of two, which means that the code was still being
     * compiled.
     */
    static double median(List<WarmTime> groups) {
        double[] times = groups.stream()
            .filter(group -> group.coordinates > 0)
            .mapToDouble(group -> (double) group.nanoseconds / group.coordinates)
            .sorted()
            .toArray();
        long timed = groups.stream().mapToLong(group -> group.coordinates).sum();
        if (timed < LEAST) {
            return Double.NaN;
        }
        double median = times[times.length / 2];
        return times[times.length * 3 / 4] > AGREEMENT * median ? Double.NaN : median;
    }
}
