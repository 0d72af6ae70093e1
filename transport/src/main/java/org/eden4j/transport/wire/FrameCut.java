package org.eden4j.transport.wire;

import java.util.Arrays;
import java.util.function.ToIntBiFunction;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;

/** Packs consecutive blocks into frames, as many as fit each. Filled once. */
final class FrameCut {
    private final int[] firstBlock;
    private final long[] payloadOffset;
    private final int[] coordinates;
    private int frames;

    private FrameCut(int blocks) {
        firstBlock = new int[blocks + 1];
        payloadOffset = new long[blocks + 1];
        coordinates = new int[blocks + 1];
    }

    /**
     * The frames of these blocks.
     *
     * @param budget bytes of payload that fit a frame
     * @param mostBytes that a block of a method and a length takes
     * @throws IllegalArgumentException if a block is larger than that
     */
    static FrameCut of(UpdateBlocks blocks, int budget, ToIntBiFunction<Method, Integer> mostBytes) {
        FrameCut cut = new FrameCut(blocks.blockCount());
        int filled = budget;
        long total = 0;
        int travelling = 0;
        for (int block = 0; block < blocks.blockCount(); block++) {
            int length = blocks.length(block);
            int bytes = mostBytes.applyAsInt(blocks.method(block), length);
            if (bytes > budget) {
                throw new IllegalArgumentException(
                        blocks.method(block) + " needs up to " + bytes + " bytes for a block of "
                                + length + " coordinates, a frame has room for " + budget + ": choose a larger MTU");
            }
            if (filled + bytes > budget) {
                cut.mark(block, total, travelling);
                cut.frames++;
                filled = 0;
            }
            filled += bytes;
            total += bytes;
            travelling += length;
        }
        cut.mark(blocks.blockCount(), total, travelling);
        return cut;
    }

    private void mark(int block, long bytes, int travelling) {
        firstBlock[frames] = block;
        payloadOffset[frames] = bytes;
        coordinates[frames] = travelling;
    }

    /** First block of each frame, and the block count at the end. */
    int[] firstBlock() {
        return Arrays.copyOf(firstBlock, frames + 1);
    }

    /** Where each frame's payload starts where all before it are as long as they can be, and the total at the end. */
    long[] payloadOffset() {
        return Arrays.copyOf(payloadOffset, frames + 1);
    }

    /** Coordinates that travel before each frame, and their number at the end. */
    int[] coordinates() {
        return Arrays.copyOf(coordinates, frames + 1);
    }
}
