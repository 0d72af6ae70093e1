package org.eden4j.transport.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.UpdateLayout;

/**
 * The coordinates and blocks that each frame carries: a pure function of (layout, MTU), so both sides know it and only
 * a frame's number is sent.
 *
 * <p>A frame is one Aeron fragment, so nothing is fragmented or reassembled. It carries as many whole consecutive
 * blocks, of one or several parts, as fit the payload budget
 *
 * <pre>
 * payload budget = min(16 KiB, MTU - 32 (Aeron's header) - 28 (SBE and fields) - 28 (tag 16 and nonce 12, reserved))
 * </pre>
 *
 * <p>For {@linkplain Method#blocked() blocked} methods a block is the largest power of two up to 4096 whose payload
 * fits; the small blocks of the tail share frames. For elementwise methods a block is the longest run that fits. Parts
 * too short for a rotation are sent by {@code none}, see {@link Method#forDimension}. Absent coordinates are in no
 * frame.
 *
 * <p><b>Lengths.</b> The payload of a block whose method {@linkplain Method#hasFixedLength has no fixed length} follows
 * its length, {@value #LENGTH_BYTES} bytes. Such frames are composed for the largest possible payloads, so the
 * assignment of blocks to frames does not depend on their content.
 *
 * <p>Immutable and thread-safe.
 */
public final class FrameLayout {
    /** Largest payload of a frame in bytes, whatever the MTU: keeps the pipeline's steps small. */
    public static final int LARGEST_PAYLOAD = 16 * 1024;
    /** Bytes of a data frame before its payload. */
    public static final int HEADER_BYTES = 28;
    /** Bytes of Aeron's header of a fragment. */
    public static final int AERON_HEADER_BYTES = 32;
    /** Bytes reserved for an authentication tag and a nonce. */
    public static final int RESERVED_BYTES = 16 + 12;
    /** Smallest MTU: fits every control message, and a block of 512 coordinates at 8 bits. */
    public static final int SMALLEST_MTU = 1024;
    /** Aeron's largest MTU. */
    public static final int LARGEST_MTU = 65504;
    /** Bytes of a payload's length, if it precedes the payload. */
    static final int LENGTH_BYTES = Short.BYTES;

    private static final ValueLayout.OfShort LENGTH = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final UpdateLayout layout;
    private final int wireId;
    private final int mtu;
    private final UpdateBlocks blocks;
    /** First coordinate and first block of a slice in the job's vector. */
    private final int firstCoordinate;
    private final int firstNumber;
    /** True if the length of any payload varies. */
    private final boolean varies;
    /** These three arrays as in {@link FrameCut}. */
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
     * Returns the layout of one direction of a job.
     *
     * @param layout the parts of the vector, with their methods in this direction
     * @param mtu Aeron's MTU in bytes, {@value #SMALLEST_MTU}..{@value #LARGEST_MTU}, a multiple of 32
     */
    public static FrameLayout of(UpdateLayout layout, int mtu) {
        return new FrameLayout(layout, mtu, layout.isStructured(), 0, 0);
    }

    /** Returns the layout of a vector with one part, see {@link #of(UpdateLayout, int)}. */
    public static FrameLayout of(Method method, int dimension, int mtu) {
        return of(UpdateLayout.whole(dimension, method), mtu);
    }

    /**
     * Returns the frames of the blocks {@code [begin, end)}, which are a shard's. Frames, blocks and coordinates of the
     * slice count from its own first ones; {@link #number} and {@link #firstCoordinate} map them to the job's vector. A
     * slice begins with the first coordinate of its first block (block 0 with coordinate 0) and ends where the next
     * slice begins.
     *
     * @throws IllegalArgumentException if the slice would be cut into different blocks than the whole vector
     */
    public FrameLayout slice(int begin, int end) {
        int first = begin == 0 ? 0 : blocks.offset(begin);
        int last = end == blocks.blockCount() ? dimension() : blocks.offset(end);
        FrameLayout slice = new FrameLayout(layout.slice(first, last), mtu, wireId == UpdateLayout.WIRE_ID,
                firstCoordinate + first, firstNumber + begin);
        if (slice.blocks.blockCount() != end - begin) {
            throw new IllegalArgumentException("coordinates " + first + " to " + (last - 1) + " are "
                    + slice.blocks.blockCount() + " blocks by themselves, but " + (end - begin) + " in " + this);
        }
        return slice;
    }

    /** Returns the first coordinate of this slice in the job's vector, 0 for the whole vector. */
    public int firstCoordinate() {
        return firstCoordinate;
    }

    /** Returns the number of a block in the job's vector, which determines its seed. */
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

    /** Returns the largest size of a block in a frame, in bytes. */
    private static int mostBytes(Method method, int length) {
        return (method.hasFixedLength() ? 0 : LENGTH_BYTES) + method.maxPayloadBytes(length);
    }

    /** Returns the method id of frames: the method's wire id, or {@link UpdateLayout#WIRE_ID} if there are several parts. */
    public int wireId() {
        return wireId;
    }

    /** Returns the number of coordinates of the vector, including absent ones. */
    public int dimension() {
        return blocks.dimension();
    }

    /** Returns the number of coordinates that are sent. */
    public int coordinates() {
        return coordinates[frameCount()];
    }

    public int mtu() {
        return mtu;
    }

    /** Returns the blocks that the frames carry. */
    public UpdateBlocks blocks() {
        return blocks;
    }

    public int frameCount() {
        return firstBlock.length - 1;
    }

    /** Returns the first block of a frame. */
    public int firstBlock(int frame) {
        return firstBlock[checked(frame)];
    }

    /** Returns the block after the last one of a frame. */
    public int endBlock(int frame) {
        return firstBlock[checked(frame) + 1];
    }

    /** Returns the first coordinate of a frame. */
    public int first(int frame) {
        return blocks.offset(firstBlock[checked(frame)]);
    }

    /** Returns the coordinate after the last one of a frame; absent coordinates may be in between. */
    public int end(int frame) {
        int last = firstBlock[checked(frame) + 1] - 1;
        return blocks.offset(last) + blocks.length(last);
    }

    /** Returns the number of coordinates that a frame carries. */
    public int coordinates(int frame) {
        return coordinates[checked(frame) + 1] - coordinates[frame];
    }

    /** Returns the largest length of a frame's payload, in bytes; the exact length if no block's length varies. */
    public int maxPayloadBytes(int frame) {
        return (int) (payloadOffset[checked(frame) + 1] - payloadOffset[frame]);
    }

    /** Returns the offset in bytes of a frame's payload in the concatenation of all payloads at their largest sizes. */
    public long payloadOffset(int frame) {
        return payloadOffset[checked(frame)];
    }

    /** Returns the largest total size in bytes of the payloads of all frames. */
    public long maxPayloadBytes() {
        return payloadOffset[frameCount()];
    }

    /** Returns whether the payload length of any block varies. */
    public boolean varies() {
        return varies;
    }

    /** Returns the bytes of a block's length before its payload, 0 for methods with a fixed length. */
    public int lengthBytes(int block) {
        return varies && !blocks.method(block).hasFixedLength() ? LENGTH_BYTES : 0;
    }

    /** Returns the largest size of a block in a frame, in bytes, including its length. */
    public int maxBlockBytes(int block) {
        return mostBytes(blocks.method(block), blocks.length(block));
    }

    /**
     * Returns the size in bytes of a block's payload, as declared before it if it varies.
     *
     * @param bytes the payload of a frame, which {@link #fits} has accepted
     * @param offset offset of the block in {@code bytes}
     */
    public int payloadBytes(int block, MemorySegment bytes, long offset) {
        return lengthBytes(block) == 0 ? blocks.method(block).maxPayloadBytes(blocks.length(block))
                : Short.toUnsignedInt(bytes.get(LENGTH, offset));
    }

    /** Writes the length of a block's payload before it, if it varies. */
    public void putPayloadBytes(int block, int payloadBytes, MemorySegment bytes, long offset) {
        if (lengthBytes(block) > 0) {
            bytes.set(LENGTH, offset, (short) payloadBytes);
        }
    }

    /**
     * Returns whether these bytes can be a frame's payload: each block's length is possible, and they add up to the
     * whole.
     *
     * @param bytes memory that contains the payload from {@code offset} on
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

    /** Returns the size in bytes of all frames including headers: the largest wire size of one vector. */
    public long totalBytes() {
        return maxPayloadBytes() + (long) frameCount() * HEADER_BYTES;
    }

    /** Returns the frame that carries a coordinate, which must not be absent. */
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
