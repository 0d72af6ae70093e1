package org.eden4j.transport.mean;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.transport.wire.NativeMemory;

/**
 * Separates contributions that any mean can hold from those that can spoil one, by decoding each separately.
 *
 * <pre>
 * |decoded| &lt;= largest float / (4096 * workers), and the codec of the mean encodes it
 * </pre>
 *
 * <p>A mean of contributions within that bound, with scaled weights below 2, neither overflows while it is summed or
 * rotated back, nor exceeds the range of the mean's codec. Cost: about that of adding and encoding the contribution;
 * memory: one block and its payload. Not thread-safe.
 */
final class RangeCheck {
    /** Headroom for the addition of a block's coordinates, the worst case of rotating it back. */
    private static final float HEADROOM = 4096;

    private final UpdateBlocks up;
    private final UpdateBlocks down;
    private final UpdateBlocks.Codecs decoders;
    private final UpdateBlocks.Codecs encoders;
    private final float limit;
    private final MemorySegment block;
    private final MemorySegment payload;
    private final int sumLength;

    RangeCheck(UpdateBlocks up, UpdateBlocks down, int workers, Arena arena) {
        this.up = up;
        this.down = down;
        decoders = UpdateBlocks.Codecs.of(up);
        encoders = UpdateBlocks.Codecs.of(down);
        limit = Float.MAX_VALUE / HEADROOM / workers;
        sumLength = up.largestSum();
        block = NativeMemory.allocate(arena, (long) sumLength * Float.BYTES);
        int largest = 0;
        for (int i = 0; i < up.blockCount(); i++) {
            largest = Math.max(largest, down.method(answer(i)).maxPayloadBytes(up.length(i)));
        }
        payload = NativeMemory.allocate(arena, largest);
    }

    /** Returns a block of the mean with the downlink method of an update's block. */
    private int answer(int index) {
        return down.blockAt(up.offset(index));
    }

    /**
     * Returns whether a mean can hold one block of a contribution.
     *
     * @param index the block's number in the update
     * @throws org.eden4j.compressor.MalformedPayloadException if no encoder produces the payload
     */
    boolean isInRange(int index, long address, int bytes, BlockSeed seed) {
        int length = up.length(index);
        BlockCodec decoder = decoders.of(index);
        NativeMemory.zero(block, 0, sumLength);
        decoder.accumulate(NativeMemory.ALL, address, bytes, length, seed, 1, block, 0);
        if (!isBounded()) {
            return false;
        }
        try {
            decoder.finish(length, seed, block, 0);
            encoders.of(answer(index)).encode(block, 0, length, seed, payload, 0);
            return isBounded();
        } catch (NonFiniteGradientException e) {
            return false;
        }
    }

    private boolean isBounded() {
        for (int i = 0; i < sumLength; i++) {
            if (!(Math.abs(block.getAtIndex(ValueLayout.JAVA_FLOAT, i)) <= limit)) {
                return false;
            }
        }
        return true;
    }
}
