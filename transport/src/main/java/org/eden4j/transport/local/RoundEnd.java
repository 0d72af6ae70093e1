package org.eden4j.transport.local;

import java.util.BitSet;
import java.util.Map;

/**
 * The outcome of a round for the members that took part in it.
 *
 * @param round the number of the round
 * @param attempts the number of times that its mean was computed
 * @param members the members that took part
 * @param contributors the members whose update is in the mean completely
 * @param partial by worker number: the frames in the mean of updates that it does not contain completely
 * @param expectedError the bound of the mean's expected error; NaN if unknown
 * @param bytesDown the bytes of the mean's frames
 */
record RoundEnd(long round, int attempts, BitSet members, BitSet contributors, Map<Integer, BitSet> partial,
        float expectedError, long bytesDown) {
    /** Returns the frames of a worker's update that are in the mean. */
    BitSet counted(int worker, int frames) {
        BitSet counted = new BitSet(frames);
        if (contributors.get(worker)) {
            counted.set(0, frames);
        } else if (partial.containsKey(worker)) {
            counted.or(partial.get(worker));
        }
        return counted;
    }
}
