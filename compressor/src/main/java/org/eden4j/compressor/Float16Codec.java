package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@link Float16}: binary16, little endian, two bytes a coordinate. */
final class Float16Codec implements BlockCodec {
    private static final ValueLayout.OfShort WIRE = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_BITS = Float.floatToRawIntBits(Float16.MAX);

    private final Kernels kernels = Simd.kernels();
    private final Scratch scratch = new Scratch();

    @Override
    public int payloadBytes(int length) {
        return Math.multiplyExact(length, Short.BYTES);
    }

    @Override
    public int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload, long payloadOffset) {
        scratch.ensure(length);
        MemorySegment x = scratch.coordinates();
        MemorySegment.copy(gradient, 4 * first, x, 0, 4L * length);
        if (FiniteCheck.maxAbsBits(kernels, x, length, first) > MAX_BITS) {
            throw FiniteCheck.firstAbove(x, length, first, Float16.MAX,
                    "float16 ends at " + Float16.MAX + "; use a method with float32 range");
        }
        for (int i = 0; i < length; i++) {
            short half = Float.floatToFloat16(x.getAtIndex(ScalarKernels.FLOAT, i));
            payload.set(WIRE, payloadOffset + 2L * i, half);
        }
        return payloadBytes(length);
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        if (payloadLength != payloadBytes(length)) {
            throw new MalformedPayloadException("payload of a run of " + length + " float16 coordinates carries "
                    + payloadLength + " bytes, expected " + payloadBytes(length));
        }
        scratch.ensure(length);
        MemorySegment x = scratch.coordinates();
        for (int i = 0; i < length; i++) {
            float value = Float.float16ToFloat(payload.get(WIRE, payloadOffset + 2L * i));
            if (!Float.isFinite(value)) {
                throw new MalformedPayloadException(
                        "float16 coordinate " + i + " of the payload is " + value + ", which no encoder sends");
            }
            x.setAtIndex(ScalarKernels.FLOAT, i, value);
        }
        MemorySegment target = scratch.sum(sum, first, length);
        kernels.addScaled(x, length, weight, target, Scratch.sumOffset(sum, first));
        scratch.writeBack(sum, first, length);
    }
}
