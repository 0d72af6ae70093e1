package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;

/**
 * What a job's aggregator was told.
 *
 * @param workers members it waits for before it starts
 * @param dimension coordinates, or 0 to take the first member's
 * @param epoch names this start of the aggregator
 * @param quorum contributors without which a round fails
 * @param attempts how often a round is tried before the job fails
 * @param unreliable whether updates travel once only, on a stream of their own
 */
public record JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
        long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp,
        boolean unreliable) {
    public JobTerms withDimension(int agreed) {
        return new JobTerms(workers, method, downlink, agreed, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable);
    }

    /** What Aeron, UDP and IPv4 add to a frame, in bytes, if each travels in a datagram of its own. */
    public int transportBytesPerFrame() {
        return FrameLayout.AERON_HEADER_BYTES + (udp ? 28 : 0);
    }

    /** The same under another start of the aggregator. */
    public JobTerms withEpoch(int newEpoch) {
        return newEpoch == epoch ? this
                : new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, newEpoch, deadlineNs, quorum,
                        attempts, joinTimeoutNs, udp, unreliable);
    }
}
