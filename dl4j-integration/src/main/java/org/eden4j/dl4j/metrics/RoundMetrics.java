package org.eden4j.dl4j.metrics;

import java.util.List;
import java.util.Map;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;

/**
 * One round as a member has seen it, and what it has seen since it joined. A value.
 *
 * @param worker the member's number
 * @param result of the round
 * @param coordinates that an update carries
 * @param exchangeNs from handing in the update until the mean was there
 * @param stepNs from the end of the exchange before until the end of this one: what the exchange is a share of. In the first
 *        round the exchange alone
 * @param total since the member joined, this round included
 * @param errors by part of an update: |x - x^|^2 / |x|^2 of what was sent in this round; empty where that was not measured
 */
public record RoundMetrics(int worker, RoundResult result, long coordinates, long exchangeNs, long stepNs, Total total,
        Map<String, Double> errors) {
    public RoundMetrics {
        errors = Map.copyOf(errors);
    }

    /**
     * Sums over the rounds of a member.
     *
     * @param rounds rounds
     * @param missed those whose mean has not all of the member's update
     * @param resynchronised those in which it took over the job's state instead of a mean
     * @param absent members that rounds waited for, and whose whole update is not in them
     * @param leftOut coordinates of the member's updates that are in no mean
     * @param bytesUp bytes of Update frames
     * @param bytesDown bytes of Mean frames
     * @param bytesUncompressed what updates would take as float32, which is what means would as well
     * @param exchangeNs time in exchanges
     * @param stepNs time from one exchange to the next
     */
    public record Total(long rounds, long missed, long resynchronised, long absent, long leftOut, long bytesUp,
            long bytesDown, long bytesUncompressed, long exchangeNs, long stepNs) {
        static final Total NONE = new Total(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        Total plus(RoundResult result, long coordinates, long roundExchangeNs, long roundStepNs) {
            return new Total(rounds + 1, missed + (result.contributed() ? 0 : 1),
                    resynchronised + (result.resynchronised() ? 1 : 0), absent + result.missing().size(),
                    leftOut + coordinates(result.uncounted()), bytesUp + result.bytesUp(),
                    bytesDown + result.bytesDown(),
                    bytesUncompressed + coordinates * Float.BYTES, exchangeNs + roundExchangeNs,
                    stepNs + roundStepNs);
        }

        private static long coordinates(List<CoordinateRange> ranges) {
            return ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
        }

        /** How many times fewer bytes than float32 both ways; NaN where nothing was sent. */
        public double ratio() {
            return bytesUp + bytesDown == 0 ? Double.NaN : 2.0 * bytesUncompressed / (bytesUp + bytesDown);
        }

        /** Bits per coordinate of Update frames, headers included. */
        public double wireBitsUp() {
            return (double) Float.SIZE * bytesUp / bytesUncompressed;
        }

        /** Bits per coordinate of Mean frames, headers included. */
        public double wireBitsDown() {
            return (double) Float.SIZE * bytesDown / bytesUncompressed;
        }

        /** The exchanges' share of the time, from 0 to 1. */
        public double exchangeShare() {
            return (double) exchangeNs / stepNs;
        }
    }
}
