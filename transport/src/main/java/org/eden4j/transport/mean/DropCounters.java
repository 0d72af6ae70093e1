package org.eden4j.transport.mean;

import java.util.Arrays;

/** One counter per {@link Drop}, since the last report. Single writer. */
public final class DropCounters {
    private final long[] counts = new long[Drop.values().length];

    /** Counts one event. */
    public void count(Drop drop) {
        counts[drop.ordinal()]++;
    }

    /** Counts a number of events, which may be 0. */
    public void count(Drop drop, int number) {
        counts[drop.ordinal()] += number;
    }

    public long get(Drop drop) {
        return counts[drop.ordinal()];
    }

    /** Resets the counters for the next report. */
    public void clear() {
        Arrays.fill(counts, 0);
    }
}
