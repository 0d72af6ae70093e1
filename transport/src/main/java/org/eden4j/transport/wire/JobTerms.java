package org.eden4j.transport.wire;

import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.transport.job.Shard;

/**
 * The settings of a job's aggregator, those set by its members, and the layouts of both directions that follow.
 *
 * @param workers the number of members with which the job starts, or its capacity if more may join
 * @param dimension the number of coordinates, or 0 to adopt the first member's
 * @param epoch identifies this start of the aggregator
 * @param quorum the number of contributors without which a round fails; 0 for half of the members at the start of the
 *         round
 * @param attempts the number of attempts at a round before the job fails
 * @param unreliable whether updates are sent once only, on a separate stream
 * @param hashInterval states are compared before each round that is a multiple of this number; 0 for never
 * @param agreement the text on which the members' programs have agreed, empty if there is none; null while it is open
 * @param layout the parts of updates; null until a member has sent them
 * @param shard this aggregator's part of the vector
 * @param frames the frames of that shard; null until the layout is known
 */
public record JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
        long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp, boolean unreliable,
        int hashInterval, String agreement, UpdateLayout layout, Shard shard, JobFrames frames) {
    /** Largest number of coordinates that the first member may set if the aggregator has no dimension: vectors of 1 GiB. */
    public static final int LARGEST_UNTOLD = 1 << 28;

    /** Creates the terms of an aggregator's settings; layout and agreement are open. */
    public JobTerms(int workers, Method method, Method downlink, int dimension, int mtu, long jobSeed, int epoch,
            long deadlineNs, int quorum, int attempts, long joinTimeoutNs, boolean udp, boolean unreliable) {
        this(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts, joinTimeoutNs,
                udp, unreliable, 0, null, null, Shard.WHOLE, null);
    }

    /**
     * Returns these terms with a layout, and the frames that follow.
     *
     * @throws IllegalArgumentException if the vector cannot be cut into that number of shards
     */
    public JobTerms withLayout(UpdateLayout agreed) {
        return new JobTerms(workers, method, downlink, agreed.dimension(), mtu, jobSeed, epoch, deadlineNs, quorum,
                attempts, joinTimeoutNs, udp, unreliable, hashInterval, agreement, agreed, shard,
                JobFrames.of(agreed, method, downlink, mtu, shard));
    }

    /** Returns these terms, whose layout is open, for the aggregator of this shard. */
    public JobTerms withShard(Shard own) {
        return new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable, hashInterval, agreement, layout, own, frames);
    }

    /** Returns the layout of updates in a round. */
    public FrameLayout up(long round) {
        return frames.up(round);
    }

    /** Returns the layout of means in a round. */
    public FrameLayout down(long round) {
        return frames.down(round);
    }

    /** Returns the layout of updates in the first rounds; its dimension and first coordinate are those of all rounds. */
    public FrameLayout up() {
        return frames.up(0);
    }

    /** Returns the layout of means in the first rounds; the coordinates sent are those of all rounds. */
    public FrameLayout down() {
        return frames.down(0);
    }

    /** Returns the size in bytes of this shard's part of a float32 vector. */
    public long vectorBytes() {
        return (long) frames.dimension() * Float.BYTES;
    }

    /** Returns these terms with an agreement. */
    public JobTerms withAgreement(String agreed) {
        return new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable, hashInterval, agreed, layout, shard, frames);
    }

    /** Returns these terms with states compared before each round that is a multiple of {@code rounds}; 0 for never. */
    public JobTerms withHashInterval(int rounds) {
        return new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, epoch, deadlineNs, quorum, attempts,
                joinTimeoutNs, udp, unreliable, rounds, agreement, layout, shard, frames);
    }

    /** Returns these terms under another start of the aggregator. */
    public JobTerms withEpoch(int newEpoch) {
        return newEpoch == epoch ? this
                : new JobTerms(workers, method, downlink, dimension, mtu, jobSeed, newEpoch, deadlineNs, quorum,
                        attempts, joinTimeoutNs, udp, unreliable, hashInterval, agreement, layout, shard, frames);
    }

    /** Returns the bytes that Aeron, UDP and IPv4 add to a frame if each frame is a separate datagram. */
    public int transportBytesPerFrame() {
        return FrameLayout.AERON_HEADER_BYTES + (udp ? 28 : 0);
    }
}
