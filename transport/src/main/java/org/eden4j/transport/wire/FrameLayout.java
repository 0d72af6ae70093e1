package org.eden4j.transport.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;

/**
 * Which coordinates and blocks each frame carries: a pure function of (layout, MTU), so that both sides know it and a frame's
 * number is all that travels.
 *
 * <p>A frame is one Aeron fragment: nothing is fragmented or assembled. It carries a run of whole consecutive blocks, of one
 * part or several, as many as fit
 *
 * <pre>
 * payload budget = min(16 KiB, MTU - 32 (Aeron's header) - 28 (SBE and fields) - 28 (tag 16 and nonce 12, reserved))
 * </pre>
 *
 * <p>For {@linkplain Method#blocked() blocked} methods a block is the largest power of two up to 4096 whose payload
 * fits; the small blocks of the tail ride along where there is room. For elementwise methods a block is the longest run that
 * fits. Parts too short for a rotation travel as {@code none}, see {@link Method#forDimension}. Absent coordinates are in no
 * frame.
 *
 * <p><b>Lengths.</b> The payload of a block whose method {@linkplain Method#hasFixedLength has no fixed length} stands behind its
 * length, {@value #LENGTH_BYTES} bytes. Such frames are composed by the most bytes that payloads can have, so that which blocks
 * share a frame does not depend on what they hold.
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
    /** Bytes of a payload's length, where it stands before it. */
    static final int LENGTH_BYTES = Short.BYTES;

    private static final ValueLayout.OfShort LENGTH = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final UpdateLayout layout;
    private final int wireId;
    private final int mtu;
    private final UpdateBlocks blocks;
    /** Where a slice begins in the job's vector: its first coordinate, and the number of its first block. */
    private final int firstCoordinate;
    private final int firstNumber;
    /** Whether any payload's length varies. */
    private final boolean varies;
    /** These three as in {@link FrameCut}. */
    private final int[] firstBlock;
    private final long[] payloadOffset;
    private final int[] coordinates;

    private FrameLayout(UpdateLayout layout, int mtu, boolean structured, int firstCoordinate, int firstNumber) {
        checkMtu(mtu);
        this.layout = layout;
        this.mtu = mtu;
        this.firstCoordinate = firstCoordinate;
        this.firstNumber = firstNumber;
        int budget = Math.min(LARGEST_PAYLOAD, mtu - AERON_HEADER_BYTES - HEADER_BYTES - RESERVED_BYTES);
        blocks = UpdateBlocks.of(layout, method -> blockSize(method, budget));
        wireId = structured ? UpdateLayout.WIRE_ID : blocks.method(0).wireId();
        varies = !blocks.methods().stream().allMatch(Method::hasFixedLength);
        FrameCut cut = FrameCut.of(blocks, budget, FrameLayout::mostBytes);
        firstBlock = cut.firstBlock();
        payloadOffset = cut.payloadOffset();
        coordinates = cut.coordinates();
    }

    /**
     * The layout of a job's one direction.
     *
     * @param layout the vector's parts, and how they travel in this direction
     * @param mtu Aeron's MTU in bytes, {@value #SMALLEST_MTU}..{@value #LARGEST_MTU}, a multiple of 32
     */
    public static FrameLayout of(UpdateLayout layout, int mtu) {
        return new FrameLayout(layout, mtu, layout.isStructured(), 0, 0);
    }

    /** The layout of a vector of one part, see {@link #of(UpdateLayout, int)}. */
    public static FrameLayout of(Method method, int dimension, int mtu) {
        return of(UpdateLayout.whole(dimension, method), mtu);
    }

    /**
     * The frames of the blocks {@code [begin, end)}, as a shard has them: frames, blocks and coordinates are counted from its own
     * first ones, and {@link #number} and {@link #firstCoordinate} say what these are in the job's vector. A slice begins with the
     * first coordinate of its first block, that of block 0 with coordinate 0, and ends where the next one begins.
     *
     * @throws IllegalArgumentException if a slice would not be cut into the same blocks as the whole
     */
    public FrameLayout slice(int begin, int end) {
        int first = begin == 0 ? 0 : blocks.offset(begin);
        int last = end == blocks.blockCount() ? dimension() : blocks.offset(end);
        FrameLayout slice = new FrameLayout(layout.slice(first, last), mtu, wireId == UpdateLayout.WIRE_ID,
                firstCoordinate + first, firstNumber + begin);
        if (slice.blocks.blockCount() != end - begin) {
            throw new IllegalArgumentException("coordinates " + first + " to " + (last - 1) + " are "
                    + slice.blocks.blockCount() + " blocks by themselves, " + (end - begin) + " in " + this);
        }
        return slice;
    }

    /** The first coordinate of this slice in the job's vector, 0 for all of it. */
    public int firstCoordinate() {
        return firstCoordinate;
    }

    /** The number of a block among all of the job's vector, by which it is seeded. */
    public int number(int block) {
        return firstNumber + block;
    }

    public static void checkMtu(int mtu) {
        if (mtu < SMALLEST_MTU || mtu > LARGEST_MTU || mtu % 32 != 0) {
            throw new IllegalArgumentException(
                    "mtu must be a multiple of 32 in " + SMALLEST_MTU + ".." + LARGEST_MTU + ", got " + mtu);
        }
    }

    private static int blockSize(Method method, int budget) {
        if (!method.blocked()) {
            return budget / method.maxPayloadBytes(1);
        }
        int size = Math.min(BlockLayout.DEFAULT_BLOCK, method.largestBlock());
        while (size > BlockLayout.SMALLEST_BLOCK && mostBytes(method, size) > budget) {
            size >>= 1;
        }
        return size;
    }

    /** The most bytes that a block takes in a frame. */
    private static int mostBytes(Method method, int length) {
        return (method.hasFixedLength() ? 0 : LENGTH_BYTES) + method.maxPayloadBytes(length);
    }

    /** What frames carry as their method: its wire id, or {@link UpdateLayout#WIRE_ID} where there are several parts. */
    public int wireId() {
        return wireId;
    }

    /** Coordinates of the vector, absent ones among them. */
    public int dimension() {
        return blocks.dimension();
    }

    /** Coordinates that travel. */
    public int coordinates() {
        return coordinates[frameCount()];
    }

    public int mtu() {
        return mtu;
    }

    /** The blocks that the frames carry. */
    public UpdateBlocks blocks() {
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

    /** The coordinate after the last one of a frame; absent ones may lie between. */
    public int end(int frame) {
        int last = firstBlock[checked(frame) + 1] - 1;
        return blocks.offset(last) + blocks.length(last);
    }

    /** The number of coordinates that a frame carries. */
    public int coordinates(int frame) {
        return coordinates[checked(frame) + 1] - coordinates[frame];
    }

    /** Returns the largest length of a frame's payload, in bytes; the exact length if no block's length varies. */
    public int maxPayloadBytes(int frame) {
        return (int) (payloadOffset[checked(frame) + 1] - payloadOffset[frame]);
    }

    /** Where a frame's payload starts in the concatenation of all, each as long as it can be, in bytes. */
    public long payloadOffset(int frame) {
        return payloadOffset[checked(frame)];
    }

    /** The most bytes of the payloads of all frames together. */
    public long maxPayloadBytes() {
        return payloadOffset[frameCount()];
    }

    /** Whether the payload of any block varies in length. */
    public boolean varies() {
        return varies;
    }

    /** Bytes of a block's length before its payload, 0 where that is always the same. */
    public int lengthBytes(int block) {
        return varies && !blocks.method(block).hasFixedLength() ? LENGTH_BYTES : 0;
    }

    /** The most bytes that a block takes in a frame, its length included. */
    public int maxBlockBytes(int block) {
        return mostBytes(blocks.method(block), blocks.length(block));
    }

    /**
     * Bytes of a block's payload, as declared before it where they vary.
     *
     * @param bytes a frame's payload, which {@link #fits}
     * @param offset where the block starts in it
     */
    public int payloadBytes(int block, MemorySegment bytes, long offset) {
        return lengthBytes(block) == 0 ? blocks.method(block).maxPayloadBytes(blocks.length(block))
                : Short.toUnsignedInt(bytes.get(LENGTH, offset));
    }

    /** Declares how long a payload is, where it varies. */
    public void putPayloadBytes(int block, int payloadBytes, MemorySegment bytes, long offset) {
        if (lengthBytes(block) > 0) {
            bytes.set(LENGTH, offset, (short) payloadBytes);
        }
    }

    /**
     * Returns whether these bytes can be a frame's payload: the lengths of its blocks are possible and add up to the whole.
     *
     * @param bytes holds the payload from {@code offset} on
     */
    public boolean fits(int frame, MemorySegment bytes, long offset, int payloadBytes) {
        if (!varies) {
            return payloadBytes == maxPayloadBytes(frame);
        }
        long left = payloadBytes;
        for (int block = firstBlock(frame); block < endBlock(frame); block++) {
            int declared = lengthBytes(block);
            if (left < declared) {
                return false;
            }
            int taken = declared + payloadBytes(block, bytes, offset + payloadBytes - left);
            if (taken > left || taken > maxBlockBytes(block)) {
                return false;
            }
            left -= taken;
        }
        return left == 0;
    }

    /** All frames with their headers, in bytes: the most that one whole vector costs on the wire. */
    public long totalBytes() {
        return maxPayloadBytes() + (long) frameCount() * HEADER_BYTES;
    }

    /** The frame that carries a coordinate, one that travels. */
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
        return "FrameLayout[" + blocks.methods() + ", dimension " + dimension() + ", MTU " + mtu + ": " + frameCount()
                + " frames]";
    }
}
