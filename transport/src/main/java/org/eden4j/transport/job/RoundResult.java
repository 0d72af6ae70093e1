package org.eden4j.transport.job;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What one worker saw of one round. Bytes are those of frames that were really sent and received, SBE headers included.
 *
 * <p>Where the job's vector is cut into shards these are of all of them together: a member is counted whose update was counted
 * in every shard, and what was counted of others is in {@code partial}. {@code shards} has what each shard did.
 *
 * @param round the number of the round that the update was for, from 0
 * @param attempts how often the round was tried, from 1, in the shard that took the most; 0 if this worker was resynchronised
 * @param members members that the round waited for, in the shard that waited for the most
 * @param contributors members whose update came to its end: the whole of it, or on an unreliable uplink what the network
 *        left
 * @param counted their worker numbers
 * @param partial by worker number: what is in the mean of updates that are not in it as a whole, because frames were lost
 *        on an unreliable uplink, or the member was gone, cut off or too late before its last frame had come; empty if
 *        nothing is
 * @param resynchronised whether this worker had fallen behind, or joined a job under way, and was given the job's state
 *        instead of a mean, in one shard at least: the {@code mean} of the call is of no use, the next call belongs to
 *        {@link org.eden4j.transport.Worker#round()}
 * @param uncounted coordinates of this worker's update that are in no mean, ascending: to be carried into the next
 *        update where updates are changes, to be dropped where they are gradients. All of them where the round had ended
 *        when this worker came to it, even if {@code counted} names its number, which another process had then
 * @param missing worker numbers of the members whose whole update was not counted
 * @param bytesUp bytes of this worker's Update frames, all attempts and links together
 * @param bytesDown bytes of the Mean frames it received, likewise
 * @param controlBytes bytes of all other messages in both directions since the previous round
 * @param transportBytes estimate of what Aeron, UDP and IP add to the round's Update and Mean frames
 * @param dropped messages received since the previous round that were not this job's, or made no sense
 * @param expectedError see {@link RoundStatistics#expectedError}, to the accuracy of a float32; empty where this worker was
 *        resynchronised, too
 * @param shards what this worker saw in each shard, in order; empty where there is one
 */
public record RoundResult(long round, int attempts, int members, int contributors, List<Integer> counted,
        Map<Integer, List<CoordinateRange>> partial, boolean resynchronised, List<CoordinateRange> uncounted,
        List<Integer> missing, long bytesUp, long bytesDown, long controlBytes,
        long transportBytes, long dropped, OptionalDouble expectedError, List<RoundResult> shards) {
    public RoundResult {
        counted = List.copyOf(counted);
        partial = Map.copyOf(partial);
        uncounted = List.copyOf(uncounted);
        missing = List.copyOf(missing);
        shards = List.copyOf(shards);
    }

    /** What a worker saw of a round of a job with one aggregator. */
    public RoundResult(long round, int attempts, int members, int contributors, List<Integer> counted,
            Map<Integer, List<CoordinateRange>> partial, boolean resynchronised, List<CoordinateRange> uncounted,
            List<Integer> missing, long bytesUp, long bytesDown, long controlBytes, long transportBytes, long dropped,
            OptionalDouble expectedError) {
        this(round, attempts, members, contributors, counted, partial, resynchronised, uncounted, missing, bytesUp,
                bytesDown, controlBytes, transportBytes, dropped, expectedError, List.of());
    }

    /** Whether this worker's whole update was counted. */
    public boolean contributed() {
        return uncounted.isEmpty();
    }
}
