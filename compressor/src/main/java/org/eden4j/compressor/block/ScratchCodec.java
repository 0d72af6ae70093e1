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
 * What the codecs of all blocked methods do alike: load and check the block, bring heap memory off the heap, check the
 * payload's length, send zeros for a block of zeros.
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
     * @param payload off the heap, {@link #payloadBytes} of room
     * @return bytes written
     */
    protected abstract int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset);

    /**
     * Decodes a payload of a right length and adds it; throws before it adds anything. {@link Scratch} has room for the
     * block.
     *
     * @param payload off the heap
     * @param bytes of the payload
     * @param sum off the heap, from byte {@code sumOffset}
     */
    protected abstract void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset);

    /** Throws what {@link #addBlock} would throw; overridden where that is seen without decoding. */
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        addBlock(payload, offset, bytes, length, seed, 0, scratch.sum(4L * sumCoordinates(length)), 0);
    }

    /** The fewest bytes that a payload can have: so many zeros are a block of zeros. */
    protected int fewestBytes(int length) {
        return payloadBytes(length);
    }

    /** Coordinates that {@link #addBlock} adds to: the block's own, or all of the padded block in a rotated domain. */
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

    /** {@link #encode} without a look at the range of what is decoded. */
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

    /** Checks a number that a payload declares: finite and at least 0. */
    public static float magnitude(float value, String what) {
        if (!(value >= 0 && value <= Float.MAX_VALUE)) {
            throw new MalformedPayloadException(
                    "payload declares the " + what + " " + value + ", expected a finite one of at least 0");
        }
        return value;
    }

    /** The method, for errors. */
    @Override
    public final String toString() {
        return method.toString();
    }

    /** A double as a float32, never above the largest finite one. */
    public static float saturated(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
}
