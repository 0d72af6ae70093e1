package org.eden4j.transport.local;

import java.util.BitSet;
import java.util.Map;

/**
 * What became of a round, for those who took part in it.
 *
 * @param round its number
 * @param attempts how often its mean was computed
 * @param members who took part
 * @param contributors whose whole update is in the mean
 * @param partial by worker number: frames that are in the mean of updates that are not in it as a whole
 * @param expectedError of the mean; NaN if not known
 * @param bytesDown bytes of the mean's frames
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
