package org.eden4j.transport.aggregator;

import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.mean.DropCounters;

/**
 * What an aggregator has counted since its start. Single writer: the aggregator's agent.
 */
public final class JobTally {
    /** What is counted, in the order of its Aeron counters. */
    public enum Kind {
        /** Rounds that every member has taken. */
        ROUNDS("rounds"),
        /** Bytes of the Update frames that were counted. */
        BYTES_UP("bytes up"),
        /** Bytes of the Mean frames that were sent. */
        BYTES_DOWN("bytes down"),
        /** See {@link RoundStatistics#late}. */
        LATE("late frames"),
        /** See {@link RoundStatistics#duplicate}. */
        DUPLICATE("duplicate frames"),
        /** See {@link RoundStatistics#stale}. */
        STALE("stale frames"),
        /** See {@link RoundStatistics#foreign}. */
        FOREIGN("foreign frames"),
        /** See {@link RoundStatistics#rejected}. */
        REJECTED("rejected frames"),
        /** See {@link RoundStatistics#lost}. */
        LOST("lost frames"),
        /** See {@link RoundStatistics#cutOff}. */
        CUT_OFF("members cut off"),
        /** See {@link RoundStatistics#resyncs}. */
        RESYNCS("members resynchronised");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** As AeronStat shows it. */
        String label() {
            return label;
        }
    }

    private final DropCounters drops;
    private final long[] reported = new long[Kind.values().length];

    /** @param drops what was dropped since the last report */
    JobTally(DropCounters drops) {
        this.drops = drops;
    }

    /** A round was reported; its drops are about to be cleared. */
    void add(RoundStatistics round) {
        reported[Kind.ROUNDS.ordinal()]++;
        reported[Kind.BYTES_UP.ordinal()] += round.bytesUp();
        reported[Kind.BYTES_DOWN.ordinal()] += round.bytesDown();
        reported[Kind.LATE.ordinal()] += round.late();
        reported[Kind.DUPLICATE.ordinal()] += round.duplicate();
        reported[Kind.STALE.ordinal()] += round.stale();
        reported[Kind.FOREIGN.ordinal()] += round.foreign();
        reported[Kind.REJECTED.ordinal()] += round.rejected();
        reported[Kind.LOST.ordinal()] += round.lost();
        reported[Kind.CUT_OFF.ordinal()] += round.cutOff();
        reported[Kind.RESYNCS.ordinal()] += round.resyncs();
    }

    /** Up to now, the round under way included where it is counted as it goes. */
    long total(Kind kind) {
        long current = switch (kind) {
            case LATE -> drops.late;
            case DUPLICATE -> drops.duplicate;
            case STALE -> drops.stale;
            case FOREIGN -> drops.foreign;
            case REJECTED -> drops.rejected;
            case CUT_OFF -> drops.cutOff;
            case RESYNCS -> drops.resyncs;
            case ROUNDS, BYTES_UP, BYTES_DOWN, LOST -> 0;
        };
        return reported[kind.ordinal()] + current;
    }
}
