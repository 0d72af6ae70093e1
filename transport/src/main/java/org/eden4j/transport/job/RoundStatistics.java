package org.eden4j.transport.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The aggregator's account of one round, reported after every member has received the mean. Byte counts cover the
 * frames actually accepted and sent, SBE headers included; dropped frames are counted since the previous report.
 *
 * @param round the round's number, from 0
 * @param attempts the number of attempts at the round, from 1; each failure was reported to all members with its reason
 * @param members the number of members that the round waited for
 * @param contributors the worker numbers of members whose update is complete; on an unreliable uplink, whose update has
 *         ended
 * @param missing the worker numbers of the other members; the mean contains the frames of theirs that arrived in time
 * @param partial by worker number: the coordinates in the mean of updates that the mean does not contain completely,
 *         because frames were lost on an unreliable uplink, or the member had gone, was cut off or was too late before
 *         its last frame arrived; empty if there are none
 * @param leftOut frames of members that arrived and are not in the mean, by reason and worker number, over all attempts
 * @param bytesUp bytes of the accepted Update frames, over all attempts
 * @param bytesDown bytes of the Mean frames sent to all members, over all attempts
 * @param transportBytes estimated bytes that Aeron, UDP and IP add to those frames
 * @param late frames that arrived after their round, or from a member that the round did not wait for
 * @param duplicate frames that had already arrived
 * @param stale frames of another epoch of the job
 * @param foreign frames from an unknown sender, or in another member's name
 * @param rejected frames whose bytes do not fit their position
 * @param lost frames of the contributors' updates that an unreliable uplink lost
 * @param cutOff members cut off because they did not read means
 * @param resyncs members that received the job's state, including joiners
 * @param diverged members whose state was found to differ from the job's, which they then adopt
 * @param wireBitsUp bits of the counted Update frames per coordinate carried, headers included; absent coordinates do
 *         not count
 * @param wireBitsDown bits of the sent Mean frames per coordinate carried, likewise
 * @param expectedError an upper bound of the relative expected error of the mean m^: E |m^ - m|^2 &lt;= expectedError q
 *         for the mean m of the counted updates x_i with weights w_i of sum W, and q = sum (w_i / W) |x_i|^2, over each
 *         block. With the {@linkplain org.eden4j.compressor.Method#expectedError expected errors} e of an unbiased
 *         uplink and f of an unbiased downlink it is u + f (1 + u), u = e max w_i / W; equality holds if weights and
 *         updates are equal. Its accuracy is that of e and f; empty if either depends on the input. Updates are the
 *         encoded vectors, which include the residual under error feedback
 * @param collecting time from the round's first frame until it closed: the last frame had been added, and the mean
 *         encoded
 * @param encoding the part of {@code collecting} spent encoding the mean
 * @param downlink time from then until every member had received the mean
 * @param total time from the round's first frame until every member had received the mean
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
