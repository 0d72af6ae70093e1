package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link None}: float32, little endian, four bytes a coordinate. */
final class RawCodec implements BlockCodec {
    private static final ValueLayout.OfFloat WIRE = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Kernels kernels = Simd.kernels();
    private final Scratch scratch = new Scratch();

    @Override
    public int payloadBytes(int length) {
        return Math.multiplyExact(length, Float.BYTES);
    }

    @Override
    public int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload, long payloadOffset) {
        MemorySegment x = load(gradient, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * first, length);
        FiniteCheck.maxAbsBits(kernels, x, length, first);
        MemorySegment.copy(x, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, payload, WIRE, payloadOffset, length);
        return payloadBytes(length);
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        if (payloadLength != payloadBytes(length)) {
            throw new MalformedPayloadException("payload of a run of " + length + " raw coordinates carries "
                    + payloadLength + " bytes, expected " + payloadBytes(length));
        }
        MemorySegment x = load(payload, WIRE, payloadOffset, length);
        try {
            FiniteCheck.maxAbsBits(kernels, x, length, first);
        } catch (NonFiniteGradientException e) {
            throw new MalformedPayloadException("payload carries a number that no encoder sends: " + e.getMessage());
        }
        MemorySegment target = scratch.sum(sum, first, length);
        kernels.addScaled(x, length, weight, target, Scratch.sumOffset(sum, first));
        scratch.writeBack(sum, first, length);
    }

    private MemorySegment load(MemorySegment from, ValueLayout.OfFloat layout, long offset, int length) {
        scratch.ensure(length);
        MemorySegment x = scratch.coordinates();
        MemorySegment.copy(from, layout, offset, x, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, length);
        return x;
    }
}
