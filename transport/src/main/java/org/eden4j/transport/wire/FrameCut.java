package org.eden4j.transport.wire;

import java.util.Arrays;
import java.util.function.ToIntBiFunction;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;

/** Packs consecutive blocks into frames, as many as fit into each. Immutable once built. */
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
     * Packs these blocks into frames.
     *
     * @param budget bytes of payload per frame
     * @param mostBytes the largest size in bytes of a block, given its method and length
     * @throws IllegalArgumentException if a block is larger than the budget
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

    /** Returns the first block of each frame, followed by the block count. */
    int[] firstBlock() {
        return Arrays.copyOf(firstBlock, frames + 1);
    }

    /** Returns the offset in bytes of each frame's payload if all payloads have their largest size, followed by the total. */
    long[] payloadOffset() {
        return Arrays.copyOf(payloadOffset, frames + 1);
    }

    /** Returns the number of coordinates sent before each frame, followed by the total. */
    int[] coordinates() {
        return Arrays.copyOf(coordinates, frames + 1);
    }
}
