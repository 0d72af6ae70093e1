package org.eden4j.transport;

import java.util.List;

/**
 * What one worker saw of one round. Bytes are those of frames that were really sent and received, SBE headers included.
 *
 * @param round the round's number, from 0
 * @param members members that the round waited for
 * @param contributors members whose whole update was counted
 * @param contributed whether this worker is one of them; if not, its update is in the mean in part or not at all
 * @param missing worker numbers of the members that are not
 * @param bytesUp bytes of this worker's Update frames
 * @param bytesDown bytes of the Mean frames it received
 * @param controlBytes bytes of all other messages in both directions since the previous round
 * @param transportBytes estimate of what Aeron, UDP and IP add to the round's Update and Mean frames
 * @param dropped messages received since the previous round that were not this job's, or made no sense
 */
public record RoundResult(long round, int members, int contributors, boolean contributed, List<Integer> missing,
        long bytesUp, long bytesDown, long controlBytes, long transportBytes, long dropped) {
    public RoundResult {
        missing = List.copyOf(missing);
    }
}
