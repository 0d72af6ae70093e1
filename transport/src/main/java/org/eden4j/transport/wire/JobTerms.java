package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;

/**
 * What a job's aggregator was told, what its members have brought, and the layouts of both directions that follow from it.
 *
 * @param workers places: members with which it starts, or the capacity if more may join
 * @param dimension coordinates, or 0 to take the first member's
 * @param epoch names this start of the aggregator
 * @param quorum contributors without which a round fails; 0 for half of the members with which the round began
 * @param attempts how often a round is tried before the job fails
 * @param unreliable whether updates travel once only, on a stream of their own
 * @param hashInterval states are compared before each round that it divides; 0 for never
 * @param agreement what the members' programs have agreed on, empty if nothing; null while it is open
 * @param layout the parts of updates; null while no member has said
 * @param shard the part of the vector that is this aggregator's
 * @param frames of that shard; null while the layout is
 */
public record JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
        long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp, boolean unreliable,
        int hashInterval, String agreement, UpdateLayout layout, Shard shard, JobFrames frames) {
    /** The most coordinates that are taken from a first member where the aggregator was told no dimension: vectors of 1 GiB. */
    public static final int LARGEST_UNTOLD = 1 << 28;

    /** What an aggregator was told; layout and agreement are open. */
    public JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
            long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp, boolean unreliable) {
        this(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts, joinTimeoutNs,
                udp, unreliable, 0, null, null, Shard.WHOLE, null);
    }

    /**
     * The same terms with a layout that was open, and what follows from it.
     *
     * @throws IllegalArgumentException if it cannot be cut into that number of shards
     */
    public JobTerms withLayout(UpdateLayout agreed) {
        return new JobTerms(workers, method, downlink, agreed.dimension(), mtu, jobSeed, epoch, deadlineNs, quorum,
                attempts, joinTimeoutNs, udp, unreliable, hashInterval, agreement, agreed, shard,
                JobFrames.of(agreed, method, downlink, mtu, shard));
    }

    /** The same terms, whose layout is open, of the aggregator of this shard. */
    public JobTerms withShard(Shard own) {
        return new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable, hashInterval, agreement, layout, own, frames);
    }

    /** How updates are laid out in a round. */
    public FrameLayout up(long round) {
        return frames.up(round);
    }

    /** How means are laid out in a round. */
    public FrameLayout down(long round) {
        return frames.down(round);
    }

    /** How updates are laid out in the first rounds; their dimension and first coordinate are those of all. */
    public FrameLayout up() {
        return frames.up(0);
    }

    /** How means are laid out in the first rounds; the coordinates that travel are those of all. */
    public FrameLayout down() {
        return frames.down(0);
    }

    /** Bytes of this shard's part of a vector of float32. */
    public long vectorBytes() {
        return (long) frames.dimension() * Float.BYTES;
    }

    /** The same terms with this agreement. */
    public JobTerms withAgreement(String agreed) {
        return new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable, hashInterval, agreed, layout, shard, frames);
    }

    /** The same terms with states compared before each round that this divides; 0 for never. */
    public JobTerms withHashInterval(int rounds) {
        return new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable, rounds, agreement, layout, shard, frames);
    }

    /** The same terms under another start of the aggregator. */
    public JobTerms withEpoch(int newEpoch) {
        return newEpoch == epoch ? this
                : new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, newEpoch, deadlineNs, quorum,
                        attempts, joinTimeoutNs, udp, unreliable, hashInterval, agreement, layout, shard, frames);
    }

    /** What Aeron, UDP and IPv4 add to a frame, in bytes, if each travels in a datagram of its own. */
    public int transportBytesPerFrame() {
        return FrameLayout.AERON_HEADER_BYTES + (udp ? 28 : 0);
    }
}
