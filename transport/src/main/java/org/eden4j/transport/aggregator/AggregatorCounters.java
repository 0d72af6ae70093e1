package org.eden4j.transport.aggregator;

import io.aeron.Aeron;
import io.aeron.Counter;
import org.agrona.CloseHelper;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.mean.JobTally;

/**
 * An aggregator's {@link JobTally} as counters of its media driver, which AeronStat and other readers of counters show:
 * {@code eden4j rounds - udp:127.0.0.1:7400}. They end with the aggregator's link.
 */
public final class AggregatorCounters implements AutoCloseable {
    /** Type id of the first counter; the others follow in the order of {@link JobTally.Kind}. */
    public static final int FIRST_TYPE = 3800;

    private final Counter[] counters;

    private AggregatorCounters(Counter[] counters) {
        this.counters = counters;
    }

    /** Allocates the counters. */
    static AggregatorCounters allocate(Aeron aeron, JobAddress address) {
        JobTally.Kind[] kinds = JobTally.Kind.values();
        Counter[] counters = new Counter[kinds.length];
        for (JobTally.Kind kind : kinds) {
            counters[kind.ordinal()] = aeron.addCounter(FIRST_TYPE + kind.ordinal(), label(kind, address));
        }
        return new AggregatorCounters(counters);
    }

    static String label(JobTally.Kind kind, JobAddress address) {
        return "eden4j " + kind.label() + " - " + address;
    }

    /** Sets the counters to the current totals. */
    void show(JobTally tally) {
        for (JobTally.Kind kind : JobTally.Kind.values()) {
            Counter counter = counters[kind.ordinal()];
            if (!counter.isClosed()) {
                counter.setRelease(tally.total(kind));
            }
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(counters);
    }
}
