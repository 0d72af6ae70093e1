package org.eden4j.transport.wire;

import java.util.Arrays;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;

/**
 * Which coordinates and blocks each frame carries: a pure function of (method, dimension, MTU), so that both sides know
 * it and a frame's number is all that travels.
 *
 * <p>A frame is one Aeron fragment: nothing is fragmented or assembled. It carries a run of whole consecutive blocks,
 * as many as fit
 *
 * <pre>
 * payload budget = min(16 KiB, MTU - 32 (Aeron's header) - 28 (SBE and fields) - 28 (tag 16 and nonce 12, reserved))
 * </pre>
 *
 * <p>For {@linkplain Method#blocked() blocked} methods a block is the largest power of two up to 4096 whose payload
 * fits; the small blocks of the tail ride along where there is room. For elementwise methods a frame is one block: the
 * longest run that fits. Gradients too short for a rotation travel as {@code none}, see {@link Method#forDimension}.
 *
 * <p>Immutable and thread-safe.
 */
public final class FrameLayout {
    /** The most payload a frame carries, in bytes, whatever the MTU: keeps the pipeline's steps small. */
    public static final int LARGEST_PAYLOAD = 16 * 1024;
    /** Bytes of a data frame before its payload. */
    public static final int HEADER_BYTES = 28;
    /** Aeron's own header of a fragment. */
    public static final int AERON_HEADER_BYTES = 32;
    /** Room for an authentication tag and a nonce. */
    public static final int RESERVED_BYTES = 16 + 12;
    /** The smallest MTU: every control message fits, and a block of 512 coordinates at 8 bits. */
    public static final int SMALLEST_MTU = 1024;
    /** Aeron's largest MTU. */
    public static final int LARGEST_MTU = 65504;

    private final Method method;
    private final int mtu;
    private final BlockLayout blocks;
    /** First block of each frame, and the block count at the end. */
    private final int[] firstBlock;
    /** First byte of each frame's payload in the concatenation of all, and the total at the end. */
    private final long[] payloadOffset;

    private FrameLayout(Method method, int mtu, BlockLayout blocks, int[] firstBlock, long[] payloadOffset) {
        this.method = method;
        this.mtu = mtu;
        this.blocks = blocks;
        this.firstBlock = firstBlock;
        this.payloadOffset = payloadOffset;
    }

    /**
     * The layout of a job's one direction.
     *
     * @param method what was asked for; {@link #method()} says what is used
     * @param dimension coordinates of the gradient, at least 1
     * @param mtu Aeron's MTU in bytes, {@value #SMALLEST_MTU}..{@value #LARGEST_MTU}, a multiple of 32
     */
    public static FrameLayout of(Method method, int dimension, int mtu) {
        checkMtu(mtu);
        Method used = method.forDimension(dimension);
        BlockCodec codec = BlockCodec.of(used);
        int budget = Math.min(LARGEST_PAYLOAD, mtu - AERON_HEADER_BYTES - HEADER_BYTES - RESERVED_BYTES);
        BlockLayout blocks = BlockLayout.of(used, dimension, blockSize(used, codec, budget));
        int[] firstBlock = new int[blocks.blockCount() + 1];
        long[] payloadOffset = new long[blocks.blockCount() + 1];
        int frames = 0;
        int filled = 0;
        long total = 0;
        for (int block = 0; block < blocks.blockCount(); block++) {
            int bytes = codec.payloadBytes(blocks.length(block));
            if (block == 0 || !used.blocked() || filled + bytes > budget) {
                firstBlock[frames] = block;
                payloadOffset[frames++] = total;
                filled = 0;
            }
            filled += bytes;
            total += bytes;
        }
        firstBlock[frames] = blocks.blockCount();
        payloadOffset[frames] = total;
        return new FrameLayout(used, mtu, blocks, Arrays.copyOf(firstBlock, frames + 1),
                Arrays.copyOf(payloadOffset, frames + 1));
    }

    /**
     * Refuses a method whose payloads vary in length: which blocks share a frame, and where a payload begins in it, follow from
     * lengths that both sides know.
     *
     * @param what the method is for, as an error's first words
     */
    public static void checkFixedLength(Method method, String what) {
        if (!method.hasFixedLength()) {
            throw new IllegalArgumentException(what + " " + method
                    + " makes payloads of varying length, which the frames of"
                    + " this protocol do not carry yet: take coding=fixed in jobs, or CompressedGradient for files");
        }
    }

    public static void checkMtu(int mtu) {
        if (mtu < SMALLEST_MTU || mtu > LARGEST_MTU || mtu % 32 != 0) {
            throw new IllegalArgumentException(
                    "mtu must be a multiple of 32 in " + SMALLEST_MTU + ".." + LARGEST_MTU + ", got " + mtu);
        }
    }

    private static int blockSize(Method method, BlockCodec codec, int budget) {
        if (!method.blocked()) {
            return budget / codec.payloadBytes(1);
        }
        int size = Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock());
        while (size > BlockLayout.SMALLEST_BLOCK && codec.payloadBytes(size) > budget) {
            size >>= 1;
        }
        return size;
    }

    /** The method really used for this dimension. */
    public Method method() {
        return method;
    }

    public int dimension() {
        return blocks.dimension();
    }

    public int mtu() {
        return mtu;
    }

    /** The blocks that the frames carry. */
    public BlockLayout blocks() {
        return blocks;
    }

    public int frameCount() {
        return firstBlock.length - 1;
    }

    /** The first block of a frame. */
    public int firstBlock(int frame) {
        return firstBlock[checked(frame)];
    }

    /** The block after the last one of a frame. */
    public int endBlock(int frame) {
        return firstBlock[checked(frame) + 1];
    }

    /** The first coordinate of a frame. */
    public int first(int frame) {
        return blocks.offset(firstBlock[checked(frame)]);
    }

    /** The coordinate after the last one of a frame. */
    public int end(int frame) {
        return checked(frame) + 1 < frameCount() ? blocks.offset(firstBlock[frame + 1]) : blocks.dimension();
    }

    /** The exact length of a frame's payload in bytes. */
    public int payloadBytes(int frame) {
        return (int) (payloadOffset[checked(frame) + 1] - payloadOffset[frame]);
    }

    /** Where a frame's payload starts in the concatenation of all payloads, in bytes. */
    public long payloadOffset(int frame) {
        return payloadOffset[checked(frame)];
    }

    /** The payloads of all frames together, in bytes. */
    public long totalPayloadBytes() {
        return payloadOffset[frameCount()];
    }

    /** All frames with their headers, in bytes: what one whole vector costs on the wire. */
    public long totalBytes() {
        return totalPayloadBytes() + (long) frameCount() * HEADER_BYTES;
    }

    /** The frame that carries a coordinate. */
    public int frameOf(int coordinate) {
        int low = 0;
        int high = frameCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (first(middle) <= coordinate) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int checked(int frame) {
        if (frame < 0 || frame >= firstBlock.length - 1) {
            throw new IndexOutOfBoundsException("frame " + frame + " of " + frameCount());
        }
        return frame;
    }

    @Override
    public String toString() {
        return "FrameLayout[" + method + ", dimension " + dimension() + ", MTU " + mtu + ": " + frameCount()
                + " frames]";
    }
}
