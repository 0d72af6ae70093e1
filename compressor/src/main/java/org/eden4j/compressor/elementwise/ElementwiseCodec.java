package org.eden4j.compressor.elementwise;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.block.FiniteCheck;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;

/** Encodes every coordinate separately, little endian: {@link None}, {@link Float16}, {@link BFloat16}. */
final class ElementwiseCodec implements BlockCodec {
    private static final ValueLayout.OfFloat WIRE_FLOAT = ScratchCodec.WIRE_FLOAT;
    private static final ValueLayout.OfShort WIRE_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Format of one coordinate. */
    enum Format {
        /** float32. */
        FLOAT32(Float.MAX_VALUE),
        /** IEEE 754 binary16. */
        BINARY16(65504),
        /** The upper half of a float32. */
        UPPER_HALF(0x1.FEp127f);

        private final float max;

        Format(float max) {
            this.max = max;
        }

        void write(MemorySegment x, int length, MemorySegment payload, long offset) {
            switch (this) {
                case FLOAT32 -> MemorySegment.copy(x, ScalarKernels.FLOAT, 0, payload, WIRE_FLOAT, offset, length);
                case BINARY16 -> {
                    for (int i = 0; i < length; i++) {
                        short half = Float.floatToFloat16(x.getAtIndex(ScalarKernels.FLOAT, i));
                        payload.set(WIRE_SHORT, offset + 2L * i, half);
                    }
                }
                case UPPER_HALF -> {
                    for (int i = 0; i < length; i++) {
                        payload.set(WIRE_SHORT, offset + 2L * i, upperHalf(x.getAtIndex(ScalarKernels.INT, i)));
                    }
                }
            }
        }

        void read(MemorySegment payload, long offset, int length, MemorySegment x) {
            switch (this) {
                case FLOAT32 -> MemorySegment.copy(payload, WIRE_FLOAT, offset, x, ScalarKernels.FLOAT, 0, length);
                case BINARY16 -> {
                    for (int i = 0; i < length; i++) {
                        float value = Float.float16ToFloat(payload.get(WIRE_SHORT, offset + 2L * i));
                        x.setAtIndex(ScalarKernels.FLOAT, i, value);
                    }
                }
                case UPPER_HALF -> {
                    for (int i = 0; i < length; i++) {
                        x.setAtIndex(ScalarKernels.INT, i, payload.get(WIRE_SHORT, offset + 2L * i) << 16);
                    }
                }
            }
        }

        /** Rounds to nearest, ties to even. */
        private static short upperHalf(int bits) {
            return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
        }
    }

    private final Method method;
    private final Format format;
    private final Kernels kernels = KernelProvider.kernels();
    private final Scratch scratch = new Scratch();

    ElementwiseCodec(Method method, Format format) {
        this.method = method;
        this.format = format;
    }

    @Override
    public int payloadBytes(int length) {
        return method.maxPayloadBytes(length);
    }

    @Override
    public int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload,
            long payloadOffset) {
        scratch.ensure(length);
        MemorySegment x = scratch.coordinates();
        MemorySegment.copy(gradient, 4 * first, x, 0, 4L * length);
        if (FiniteCheck.maxAbsBits(kernels, x, 0, length, first) > Float.floatToRawIntBits(format.max)) {
            throw FiniteCheck.firstAbove(x, length, first, format.max,
                    method + " ends at " + format.max + "; use a method with float32 range");
        }
        format.write(x, length, payload, payloadOffset);
        return payloadBytes(length);
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        read(payload, payloadOffset, payloadLength, length);
        MemorySegment x = scratch.coordinates();
        if (sum.isNative()) {
            kernels.addScaled(x, length, weight, sum, 4 * first);
            return;
        }
        MemorySegment copy = scratch.sum(4L * length);
        MemorySegment.copy(sum, 4 * first, copy, 0, 4L * length);
        kernels.addScaled(x, length, weight, copy, 0);
        MemorySegment.copy(copy, 0, sum, 4 * first, 4L * length);
    }

    @Override
    public void check(MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed) {
        read(payload, payloadOffset, payloadLength, length);
    }

    /** Copies the coordinates of a payload, which has been checked, to the scratch memory. */
    private void read(MemorySegment payload, long payloadOffset, int payloadLength, int length) {
        if (payloadLength != payloadBytes(length)) {
            throw new MalformedPayloadException("payload of a run of " + length + " coordinates of " + method
                    + " carries " + payloadLength + " bytes, expected " + payloadBytes(length));
        }
        scratch.ensure(length);
        MemorySegment x = scratch.coordinates();
        format.read(payload, payloadOffset, length, x);
        if (kernels.maxAbsBits(x, 0, length) > Float.floatToRawIntBits(Float.MAX_VALUE)) {
            throw new MalformedPayloadException(
                    "payload of " + method + " has a coordinate that is NaN or infinite, which no encoder sends");
        }
    }
}
