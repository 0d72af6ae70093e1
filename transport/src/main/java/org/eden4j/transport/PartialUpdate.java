package org.eden4j.transport;

import java.util.BitSet;

/**
 * What of one member's update is in a round's mean, where it is not the whole of it: frames were lost on an unreliable
 * uplink, or the member was gone, cut off or too late before its last frame had come.
 *
 * @param worker the member's number
 * @param blocks the blocks of {@link FrameLayout#blocks()} of the uplink that were counted; empty if none was
 */
public record PartialUpdate(int worker, BitSet blocks) {
    public PartialUpdate {
        blocks = (BitSet) blocks.clone();
    }

    @Override
    public BitSet blocks() {
        return (BitSet) blocks.clone();
    }
}
