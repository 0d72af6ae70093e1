package org.eden4j.transport.mean;

import java.util.function.ToLongFunction;
import org.eden4j.transport.job.RoundStatistics;

/** The totals of an aggregator since its start. Single writer: the aggregator's agent. */
public final class JobTally {
    /** The totals, in the order of their Aeron counters. */
    public enum Kind {
        /** Rounds whose mean every member has received. */
        ROUNDS("rounds", _ -> 1),
        /** Bytes of the counted Update frames. */
        BYTES_UP("bytes up", RoundStatistics::bytesUp),
        /** Bytes of the sent Mean frames. */
        BYTES_DOWN("bytes down", RoundStatistics::bytesDown),
        /** See {@link RoundStatistics#late}. */
        LATE("late frames", RoundStatistics::late, Drop.LATE),
        /** See {@link RoundStatistics#duplicate}. */
        DUPLICATE("duplicate frames", RoundStatistics::duplicate, Drop.DUPLICATE),
        /** See {@link RoundStatistics#stale}. */
        STALE("stale frames", RoundStatistics::stale, Drop.STALE),
        /** See {@link RoundStatistics#foreign}. */
        FOREIGN("foreign frames", RoundStatistics::foreign, Drop.FOREIGN),
        /** See {@link RoundStatistics#rejected}. */
        REJECTED("rejected frames", RoundStatistics::rejected, Drop.REJECTED),
        /** See {@link RoundStatistics#lost}. */
        LOST("lost frames", RoundStatistics::lost),
        /** See {@link RoundStatistics#cutOff}. */
        CUT_OFF("members cut off", RoundStatistics::cutOff, Drop.CUT_OFF),
        /** See {@link RoundStatistics#resyncs}. */
        RESYNCS("members resynchronised", RoundStatistics::resyncs, Drop.RESYNC),
        /** See {@link RoundStatistics#diverged}. */
        DIVERGED("states that diverged", RoundStatistics::diverged, Drop.DIVERGED);

        private final String label;
        private final ToLongFunction<RoundStatistics> reported;
        /** The event counted as it occurs; null if counted by reports only. */
        private final Drop drop;

        Kind(String label, ToLongFunction<RoundStatistics> reported) {
            this(label, reported, null);
        }

        Kind(String label, ToLongFunction<RoundStatistics> reported, Drop drop) {
            this.label = label;
            this.reported = reported;
            this.drop = drop;
        }

        /** Returns the label that AeronStat shows. */
        public String label() {
            return label;
        }
    }

    private final DropCounters drops;
    private final long[] reported = new long[Kind.values().length];

    /** @param drops the events since the last report */
    public JobTally(DropCounters drops) {
        this.drops = drops;
    }

    public DropCounters drops() {
        return drops;
    }

    /** Adds a reported round; its events are about to be reset. */
    public void add(RoundStatistics round) {
        for (Kind kind : Kind.values()) {
            reported[kind.ordinal()] += kind.reported.applyAsLong(round);
        }
    }

    /** Returns the current total, including the events of the current round. */
    public long total(Kind kind) {
        return reported[kind.ordinal()] + (kind.drop == null ? 0 : drops.get(kind.drop));
    }
}
