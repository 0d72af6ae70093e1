package org.eden4j.transport;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the aggregator saw of one round, reported once its mean was handed to every member. Bytes are those of frames
 * that were really accepted and sent, SBE headers included; dropped frames are counted from the previous report on.
 *
 * @param round the round's number, from 0
 * @param attempts how often the round was tried, from 1: each failure was told to all members, with its reason
 * @param members members that the round waited for
 * @param contributors worker numbers of those whose whole update was counted
 * @param missing worker numbers of the others that the round waited for
 * @param partial by worker number: what was counted of updates that were not counted as a whole
 * @param bytesUp bytes of the Update frames that were counted
 * @param bytesDown bytes of the Mean frames that were sent, to all members together
 * @param transportBytes estimate of what Aeron, UDP and IP add to those frames
 * @param late frames that came after their round, or from a member that the round did not wait for
 * @param duplicate frames that had come before
 * @param stale frames of another epoch of the job
 * @param foreign frames from a stranger, or in another member's name
 * @param rejected frames whose bytes are not what their place demands
 * @param cutOff members that had not taken a mean when its memory was needed again: they have to resynchronise
 * @param resyncs members that were given the job's state, joiners included
 * @param collecting from the round's first frame until it was closed
 * @param total from the round's first frame until every member had taken the mean
 */
public record RoundStatistics(long round, int attempts, int members, List<Integer> contributors, List<Integer> missing,
        Map<Integer, List<CoordinateRange>> partial, long bytesUp,
        long bytesDown, long transportBytes, long late, long duplicate, long stale, long foreign, long rejected,
        long cutOff, long resyncs, Duration collecting, Duration total) {
    public RoundStatistics {
        contributors = List.copyOf(contributors);
        missing = List.copyOf(missing);
        partial = Map.copyOf(partial);
    }
}
