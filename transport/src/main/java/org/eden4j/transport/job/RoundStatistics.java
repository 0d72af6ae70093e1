package org.eden4j.transport.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What the aggregator saw of one round, reported once its mean was handed to every member. Bytes are those of frames
 * that were really accepted and sent, SBE headers included; dropped frames are counted from the previous report on.
 *
 * @param round the round's number, from 0
 * @param attempts how often the round was tried, from 1: each failure was told to all members, with its reason
 * @param members members that the round waited for
 * @param contributors worker numbers of those whose update came to its end: the whole of it, or on an unreliable uplink
 *        what the network left
 * @param missing worker numbers of the others; what came of theirs in time is in the mean
 * @param partial by worker number: what is in the mean of updates that are not in it as a whole, because frames were lost
 *        on an unreliable uplink, or the member was gone, cut off or too late before its last frame had come; empty if
 *        nothing is
 * @param leftOut frames of members that came and are not in the mean, by reason and worker number; those of all attempts
 * @param bytesUp bytes of the Update frames that were taken, in all attempts
 * @param bytesDown bytes of the Mean frames that were sent, in all attempts, to all members together
 * @param transportBytes estimate of what Aeron, UDP and IP add to those frames
 * @param late frames that came after their round, or from a member that the round did not wait for
 * @param duplicate frames that had come before
 * @param stale frames of another epoch of the job
 * @param foreign frames from a stranger, or in another member's name
 * @param rejected frames whose bytes are not what their place demands
 * @param lost frames that an unreliable uplink lost of the contributors' updates
 * @param cutOff members cut off for not reading means
 * @param resyncs members that were given the job's state, joiners included
 * @param diverged members whose state was found to be another than the job's, and which take the job's over
 * @param wireBitsUp bits of the counted Update frames for each coordinate they carried, headers included; absent coordinates do not
 *        count
 * @param wireBitsDown likewise of the Mean frames that were sent
 * @param expectedError the most that the error of the mean m^ is expected to be: E |m^ - m|^2 &lt;= expectedError q for the mean m
 *        of the counted updates x_i by their weights w_i of sum W, and q = sum (w_i / W) |x_i|^2, over each block. With the
 *        {@linkplain org.eden4j.compressor.Method#expectedError expected errors} e of an unbiased uplink and f of an unbiased
 *        downlink it is u + f (1 + u), u = e max w_i / W; equality where weights and updates are equal. As accurate as e
 *        and f are; empty where one depends on the input. Updates are what was encoded, with error feedback the residual
 *        included
 * @param collecting from the round's first frame until it was closed: the last awaited one had been added, and the mean
 *        was encoded
 * @param encoding what of that went into encoding the mean
 * @param downlink from then until every member had taken the mean
 * @param total from the round's first frame until every member had taken the mean
 */
public record RoundStatistics(long round, int attempts, int members, List<Integer> contributors, List<Integer> missing,
        Map<Integer, List<CoordinateRange>> partial, List<LeftOut> leftOut, long bytesUp, long bytesDown,
        long transportBytes, long late,
        long duplicate,
        long stale, long foreign, long rejected,
        long lost, long cutOff, long resyncs, long diverged, double wireBitsUp, double wireBitsDown,
        OptionalDouble expectedError,
        Duration collecting,
        Duration encoding,
        Duration downlink, Duration total) {
    public RoundStatistics {
        contributors = List.copyOf(contributors);
        missing = List.copyOf(missing);
        partial = Map.copyOf(partial);
        leftOut = List.copyOf(leftOut);
    }
}
