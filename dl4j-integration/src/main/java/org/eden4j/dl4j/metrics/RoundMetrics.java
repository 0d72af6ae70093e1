package org.eden4j.dl4j.metrics;

import java.util.List;
import java.util.Map;
import org.eden4j.transport.job.CoordinateRange;
import org.eden4j.transport.job.RoundResult;

/**
 * A member's measurements of one round, and their totals since it joined. Immutable.
 *
 * @param worker the member's number
 * @param result the result of the round
 * @param coordinates the number of coordinates of an update
 * @param exchangeNs time from the submission of the update to the arrival of the mean
 * @param stepNs time from the end of the previous exchange to the end of this one; in the first round the time of the
 *         exchange
 * @param total the totals since the member joined, including this round
 * @param errors |x - x^|^2 / |x|^2 of this round's update by part; empty if it was not measured
 */
public record RoundMetrics(int worker, RoundResult result, long coordinates, long exchangeNs, long stepNs, Total total,
        Map<String, Double> errors) {
    public RoundMetrics {
        errors = Map.copyOf(errors);
    }

    /**
     * Totals over the rounds of a member.
     *
     * @param rounds number of rounds
     * @param missed rounds whose mean lacks part of the member's update
     * @param resynchronised rounds in which the member adopted the job's state instead of a mean
     * @param absent updates, of any member, that rounds waited for and did not count completely
     * @param leftOut coordinates of the member's updates that are in no mean
     * @param bytesUp bytes of Update frames
     * @param bytesDown bytes of Mean frames
     * @param bytesUncompressed bytes of the updates as float32; the means would take as many
     * @param exchangeNs time in exchanges
     * @param stepNs time from the end of each exchange to the end of the next
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

        /** Returns float32 bytes divided by sent bytes, both directions together; NaN if nothing was sent. */
        public double ratio() {
            return bytesUp + bytesDown == 0 ? Double.NaN : 2.0 * bytesUncompressed / (bytesUp + bytesDown);
        }

        /** Returns the bits per coordinate of Update frames, headers included. */
        public double wireBitsUp() {
            return (double) Float.SIZE * bytesUp / bytesUncompressed;
        }

        /** Returns the bits per coordinate of Mean frames, headers included. */
        public double wireBitsDown() {
            return (double) Float.SIZE * bytesDown / bytesUncompressed;
        }

        /** Returns the exchanges' share of the time, from 0 to 1. */
        public double exchangeShare() {
            return (double) exchangeNs / stepNs;
        }
    }
}
