package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;

/**
 * What a job's aggregator was told, and the layouts of both directions that follow from it.
 *
 * @param workers members it waits for before it starts
 * @param dimension coordinates, or 0 to take the first member's
 * @param epoch names this start of the aggregator
 * @param quorum contributors without which a round fails
 * @param attempts how often a round is tried before the job fails
 * @param unreliable whether updates travel once only, on a stream of their own
 * @param up how updates are laid out; null while the dimension is 0
 * @param down how means are laid out; null while the dimension is 0
 */
public record JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
        long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp, boolean unreliable, FrameLayout up,
        FrameLayout down) {
    /** The most coordinates that are taken from a first member where the aggregator was told no dimension: vectors of 1 GiB. */
    public static final int LARGEST_UNTOLD = 1 << 28;

    /** Terms with the layouts that follow from them. */
    public JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
            long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp, boolean unreliable) {
        this(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts, joinTimeoutNs,
                udp, unreliable, layout(method, dimension, mtu), layout(downlink, dimension, mtu));
    }

    private static FrameLayout layout(Method method, int dimension, int mtu) {
        return dimension == 0 ? null : FrameLayout.of(method, dimension, mtu);
    }

    /** The same terms for a dimension that was open. */
    public JobTerms withDimension(int agreed) {
        return new JobTerms(workers, method, downlink, agreed, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable);
    }

    /** The same terms under another start of the aggregator. */
    public JobTerms withEpoch(int newEpoch) {
        return newEpoch == epoch ? this
                : new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, newEpoch, deadlineNs, quorum,
                        attempts, joinTimeoutNs, udp, unreliable, up, down);
    }

    /** What Aeron, UDP and IPv4 add to a frame, in bytes, if each travels in a datagram of its own. */
    public int transportBytesPerFrame() {
        return FrameLayout.AERON_HEADER_BYTES + (udp ? 28 : 0);
    }
}
