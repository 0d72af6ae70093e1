package org.eden4j.transport.job;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The result of one round for one worker. Byte counts cover the frames actually sent and received, SBE headers
 * included.
 *
 * <p>If the job's vector is cut into shards, the counts cover all shards together: a member is counted if its update
 * was counted in every shard, and {@code partial} has what was counted of the others. {@code shards} has the result of
 * each shard.
 *
 * @param round the number of the update's round, from 0
 * @param attempts the number of attempts at the round, from 1, in the shard with the most; 0 if this worker was
 *         resynchronised
 * @param members the number of members that the round waited for, in the shard with the most
 * @param contributors the number of members whose update is complete; on an unreliable uplink, whose update has ended
 * @param counted the worker numbers of the contributors
 * @param partial by worker number: the coordinates in the mean of updates that the mean does not contain completely,
 *         because frames were lost on an unreliable uplink, or the member had gone, was cut off or was too late before
 *         its last frame arrived; empty if there are none
 * @param resynchronised whether this worker had fallen behind, or joined a running job, and received the job's state
 *         instead of a mean, in at least one shard: the {@code mean} of the call is undefined, and the next call
 *         belongs to {@link org.eden4j.transport.Worker#round()}
 * @param uncounted coordinates of this worker's update that are in no mean, ascending: to be carried into the next
 *         update if updates are changes, or dropped if they are gradients. All coordinates if the round had ended
 *         before this worker reached it, even if {@code counted} contains its number, which another process had then
 * @param missing the worker numbers of the members whose update was not counted completely
 * @param bytesUp bytes of this worker's Update frames, over all attempts and links
 * @param bytesDown bytes of the Mean frames that it received, over all attempts and links
 * @param controlBytes bytes of all other messages since the previous round, in both directions
 * @param transportBytes estimated bytes that Aeron, UDP and IP add to the round's Update and Mean frames
 * @param dropped messages received since the previous round that did not belong to this job or were malformed
 * @param expectedError see {@link RoundStatistics#expectedError}, with the precision of a float32; also empty if this
 *         worker was resynchronised
 * @param shards the result of each shard, in order; empty if there is one
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

    /** Creates the result of a job with one aggregator. */
    public RoundResult(long round, int attempts, int members, int contributors, List<Integer> counted,
            Map<Integer, List<CoordinateRange>> partial, boolean resynchronised, List<CoordinateRange> uncounted,
            List<Integer> missing, long bytesUp, long bytesDown, long controlBytes, long transportBytes, long dropped,
            OptionalDouble expectedError) {
        this(round, attempts, members, contributors, counted, partial, resynchronised, uncounted, missing, bytesUp,
                bytesDown, controlBytes, transportBytes, dropped, expectedError, List.of());
    }

    /** Returns whether this worker's update was counted completely. */
    public boolean contributed() {
        return uncounted.isEmpty();
    }
}
