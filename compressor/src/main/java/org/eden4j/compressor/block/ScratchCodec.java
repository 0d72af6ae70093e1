package org.eden4j.compressor.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.kernel.Kernels;

/**
 * The common part of the codecs of all blocked methods: loads and checks the block, copies on-heap memory off-heap,
 * checks the length of the payload, and encodes a block of zeros as zeros.
 */
public abstract class ScratchCodec implements BlockCodec {
    public static final ValueLayout.OfFloat WIRE_FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Method method;
    protected final Kernels kernels;
    protected final Scratch scratch;
    protected final BlockLoader block;

    protected ScratchCodec(Method method, Kernels kernels, Scratch scratch) {
        this.method = method;
        this.kernels = kernels;
        this.scratch = scratch;
        block = new BlockLoader(method, kernels, scratch);
    }

    /**
     * Encodes the loaded block, which is not all zero.
     *
     * @param payload off-heap, with {@link #payloadBytes} bytes of room
     * @return number of bytes written
     */
    protected abstract int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset);

    /**
     * Decodes a payload of valid length and adds it to the sum; throws before it adds anything. {@link Scratch} has
     * room for the block.
     *
     * @param payload off-heap
     * @param bytes number of bytes of the payload
     * @param sum off-heap, from byte {@code sumOffset}
     */
    protected abstract void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset);

    /** Throws the exception {@link #addBlock} would throw; overridden if that is possible without decoding. */
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        addBlock(payload, offset, bytes, length, seed, 0, scratch.sum(4L * sumCoordinates(length)), 0);
    }

    /** Returns the length of the shortest payload; a payload of this length with only zeros represents a block of zeros. */
    protected int fewestBytes(int length) {
        return payloadBytes(length);
    }

    /**
     * Returns the number of coordinates {@link #addBlock} adds to: the block's own, or the padded block in a rotated
     * domain.
     */
    protected int sumCoordinates(int length) {
        return length;
    }

    @Override
    public final int payloadBytes(int length) {
        return method.maxPayloadBytes(length);
    }

    @Override
    public final int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
            long payloadOffset) {
        int bytes = encodeUnchecked(gradient, first, length, seed, payload, payloadOffset);
        if (block.exponent() >= RangeCheck.SAFE_EXPONENT) {
            RangeCheck.check(this, gradient, first, length, seed);
        }
        return bytes;
    }

    /** Performs {@link #encode} without the range check. */
    final int encodeUnchecked(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
            long payloadOffset) {
        try {
            if (!block.load(gradient, first, length)) {
                int zeros = fewestBytes(length);
                Scratch.zeroBytes(payload, payloadOffset, zeros);
                return zeros;
            }
            if (payload.isNative()) {
                return encodeBlock(length, seed, payload, payloadOffset);
            }
            MemorySegment bytes = scratch.bytes(payloadBytes(length));
            int written = encodeBlock(length, seed, bytes, 0);
            MemorySegment.copy(bytes, 0, payload, payloadOffset, written);
            return written;
        } finally {
            block.release();
        }
    }

    @Override
    public final void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        checkLength(payloadLength, length);
        block.reserve(length);
        MemorySegment bytes = payload;
        long offset = payloadOffset;
        if (!payload.isNative()) {
            bytes = scratch.bytes(payloadLength);
            MemorySegment.copy(payload, payloadOffset, bytes, 0, payloadLength);
            offset = 0;
        }
        if (sum.isNative()) {
            addBlock(bytes, offset, payloadLength, length, seed, weight, sum, 4 * first);
            return;
        }
        long sumBytes = 4L * sumCoordinates(length);
        MemorySegment copy = scratch.sum(sumBytes);
        MemorySegment.copy(sum, 4 * first, copy, 0, sumBytes);
        addBlock(bytes, offset, payloadLength, length, seed, weight, copy, 0);
        MemorySegment.copy(copy, 0, sum, 4 * first, sumBytes);
    }

    @Override
    public final void check(MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed) {
        checkLength(payloadLength, length);
        block.reserve(length);
        if (payload.isNative()) {
            checkBlock(payload, payloadOffset, payloadLength, length, seed);
            return;
        }
        MemorySegment bytes = scratch.bytes(payloadLength);
        MemorySegment.copy(payload, payloadOffset, bytes, 0, payloadLength);
        checkBlock(bytes, 0, payloadLength, length, seed);
    }

    private void checkLength(int payloadLength, int length) {
        int fewest = fewestBytes(length);
        int most = payloadBytes(length);
        if (payloadLength < fewest || payloadLength > most) {
            throw new MalformedPayloadException("payload of a block of " + length + " coordinates of " + method
                    + " carries " + payloadLength + " bytes, expected "
                    + (fewest == most ? "" : fewest + " to ") + most);
        }
    }

    /** Checks a magnitude read from a payload: finite and at least 0. */
    public static float magnitude(float value, String what) {
        if (!(value >= 0 && value <= Float.MAX_VALUE)) {
            throw new MalformedPayloadException(
                    "payload declares the " + what + " " + value + ", expected a finite one of at least 0");
        }
        return value;
    }

    /** Returns the method, for errors. */
    @Override
    public final String toString() {
        return method.toString();
    }

    /** Converts a double to float32, saturating at the largest finite value. */
    public static float saturated(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
}
