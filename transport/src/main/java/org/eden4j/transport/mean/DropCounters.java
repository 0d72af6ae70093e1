package org.eden4j.transport.mean;

import java.util.Arrays;

/** One counter for each {@link Drop}, since the last report. Single writer. */
public final class DropCounters {
    private final long[] counts = new long[Drop.values().length];

    /** Counts one. */
    public void count(Drop drop) {
        counts[drop.ordinal()]++;
    }

    /** Counts several; none if {@code number} is 0. */
    public void count(Drop drop, int number) {
        counts[drop.ordinal()] += number;
    }

    public long get(Drop drop) {
        return counts[drop.ordinal()];
    }

    /** Starts the counts of the next report. */
    public void clear() {
        Arrays.fill(counts, 0);
    }
}
