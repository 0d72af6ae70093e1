package org.eden4j.transport.media;

import io.aeron.driver.FeedbackDelayGenerator;
import java.util.concurrent.TimeUnit;

/**
 * Determines after what time a packet that was requested again counts as lost again: the retransmission timeout of TCP (RFC 6298,
 * section 2), from the round trips of all streams of a driver. Aeron's constants are for short paths without queues: it requests a
 * packet every 100 microseconds, and where the repetition takes a hundred milliseconds because it waits in a queue, the requests are
 * most of all packets.
 *
 * <p>Used by the driver's thread only.
 */
final class RetransmissionTimer {
    /** Weights of a measurement, and multiple of the deviation, as in the RFC. */
    private static final double MEAN_WEIGHT = 1 / 8.;
    private static final double DEVIATION_WEIGHT = 1 / 4.;
    private static final int DEVIATIONS = 4;
    /** A driver's thread may be away for so long. */
    private static final long LEAST_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MOST_NS = TimeUnit.SECONDS.toNanos(1);
    /** Before the first measurement. */
    private static final long UNKNOWN_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private double meanNs;
    private double deviationNs;

    /** Adds the round trip of a stream. */
    void measured(long roundTripNs) {
        if (meanNs == 0) {
            meanNs = roundTripNs;
            deviationNs = roundTripNs / 2.;
        } else {
            deviationNs += DEVIATION_WEIGHT * (Math.abs(meanNs - roundTripNs) - deviationNs);
            meanNs += MEAN_WEIGHT * (roundTripNs - meanNs);
        }
    }

    /** Returns the time after which a receiver requests a packet once more. */
    private long timeoutNs() {
        return bounded(meanNs + DEVIATIONS * deviationNs);
    }

    private long bounded(double ns) {
        return meanNs == 0 ? UNKNOWN_NS : (long) Math.clamp(ns, LEAST_NS, MOST_NS);
    }

    /**
     * Returns the delays of requests.
     *
     * @param firstNs from the discovery of a gap until its first request
     */
    FeedbackDelayGenerator requests(long firstNs) {
        return new FeedbackDelayGenerator() {
            @Override
            public long generateDelayNs() {
                return firstNs;
            }

            @Override
            public long retryDelayNs() {
                return timeoutNs();
            }
        };
    }

    /** Returns the times for which a sender ignores further requests of what it has just repeated: a round trip, less than the timeout. */
    FeedbackDelayGenerator lingering() {
        return () -> bounded(meanNs);
    }
}
