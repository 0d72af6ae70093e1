package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * EDEN and its relatives: one block, rotated, quantized and scaled.
 *
 * <pre>
 * encode:  x  -- 2^-e --  signs, H  ...  signs, H  -- sqrt(d)/|y| --  indices  -- pack --  payload
 * decode:  payload  -- centroids --  H, signs  ...  H, signs  -- weight scale --  added to the sum
 * </pre>
 *
 * <p>The payload is the float32 scale, then the packed indices, {@code 4 + d bits / 8} bytes for a block padded to d
 * coordinates. Before anything is computed the block is multiplied by the power of two that brings its largest magnitude
 * into [1, 2), which is exact and undone in the scale, so that inputs of 1e-38 and 1e38 survive float32 butterflies.
 * Powers of two also stand for 1/sqrt(d) between rounds; what is left of it goes into the scale, in double. A block of
 * zeros has the scale 0.
 */
final class RotatedCodec implements BlockCodec {
    private static final int SCALE_BYTES = Float.BYTES;
    private static final ValueLayout.OfFloat SCALE = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int SUBNORMAL_LIFT = 64;

    private final RotatedMethod method;
    private final Codebook codebook;
    private final Kernels kernels;
    private final Scratch scratch = new Scratch();

    RotatedCodec(RotatedMethod method) {
        this(method, Simd.kernels());
    }

    RotatedCodec(RotatedMethod method, Kernels kernels) {
        this.method = method;
        this.kernels = kernels;
        codebook = Codebook.ofBits(method.bits());
    }

    @Override
    public int payloadBytes(int length) {
        return SCALE_BYTES + (int) ((long) BlockLayout.paddedSize(length) * method.bits() / Byte.SIZE);
    }

    @Override
    public int encode(
            MemorySegment gradient, long first, int length, long seed, MemorySegment payload, long payloadOffset) {
        int size = prepare(length);
        MemorySegment x = scratch.coordinates();
        MemorySegment.copy(gradient, 4 * first, x, 0, 4L * length);
        if (length < size) {
            x.asSlice(4L * length, 4L * (size - length)).fill((byte) 0);
        }
        int maxAbsBits = FiniteCheck.maxAbsBits(kernels, x, size, first);
        int payloadBytes = payloadBytes(length);
        if (maxAbsBits == 0) {
            payload.asSlice(payloadOffset, payloadBytes).fill((byte) 0);
            return payloadBytes;
        }
        int exponent = Math.getExponent(Float.intBitsToFloat(maxAbsBits));
        if (exponent < Float.MIN_EXPONENT) {
            liftSubnormals(x, size);
            exponent = Math.getExponent(Float.intBitsToFloat(kernels.maxAbsBits(x, size))) - SUBNORMAL_LIFT;
        }
        int lifted = exponent < Float.MIN_EXPONENT ? SUBNORMAL_LIFT : 0;
        int halved = rotate(x, size, seed, -exponent - lifted);
        double scale = quantize(x, size, payload, payloadOffset);
        int rounds = method.rounds().forBlock(size);
        double undone = Math.scalb(scale, exponent + halved) * inverseRoot(size, rounds);
        payload.set(SCALE, payloadOffset, (float) Math.min(undone, Float.MAX_VALUE));
        return payloadBytes;
    }

    private int prepare(int length) {
        int size = BlockLayout.paddedSize(length);
        scratch.ensure(size);
        return size;
    }

    private static void liftSubnormals(MemorySegment x, int size) {
        for (int i = 0; i < size; i++) {
            x.setAtIndex(ScalarKernels.FLOAT, i, x.getAtIndex(ScalarKernels.FLOAT, i) * 0x1p64f);
        }
    }

    /** Rotates in place; returns by how many powers of two the rounds after the first shrank the block. */
    private int rotate(MemorySegment x, int size, long seed, int exponent) {
        int rounds = method.rounds().forBlock(size);
        int shrink = log2(size) / 2;
        for (int round = 0; round < rounds; round++) {
            kernels.signWords(seed, round, scratch.signWords(), size);
            kernels.rotate(x, size, scratch.signWords(), powerOfTwo(round == 0 ? exponent : -shrink));
        }
        return shrink * (rounds - 1);
    }

    /** Writes the packed indices; returns the scale of the rotated block as it stands in {@code y}. */
    private double quantize(MemorySegment y, int size, MemorySegment payload, long payloadOffset) {
        MemorySegment c = scratch.centroids();
        double squaredNorm = kernels.dot(y, y, size);
        kernels.quantize(y, size, (float) Math.sqrt(size / squaredNorm), codebook, c);
        int packedBytes = (int) ((long) size * method.bits() / Byte.SIZE);
        MemorySegment packed = payload;
        long packedOffset = payloadOffset + SCALE_BYTES;
        if (!payload.isNative()) {
            packed = scratch.bytes();
            packedOffset = 0;
        }
        kernels.pack(c, size, method.bits(), packed, packedOffset);
        if (!payload.isNative()) {
            MemorySegment.copy(packed, 0, payload, payloadOffset + SCALE_BYTES, packedBytes);
        }
        kernels.unpack(packed, packedOffset, size, codebook, c);
        double squaredCentroidNorm = switch (method.scale()) {
            case BIASED, MATCHED_NORM -> kernels.dot(c, c, size);
            case UNBIASED, UNIT -> Double.NaN;
        };
        return method.scale().scale(squaredNorm, kernels.dot(y, c, size), squaredCentroidNorm, size);
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, long seed, float weight,
            MemorySegment sum, long first) {
        int expected = payloadBytes(length);
        if (payloadLength != expected) {
            throw new MalformedPayloadException("payload of a block of " + length + " coordinates at " + method.bits()
                    + " bits carries " + payloadLength + " bytes, expected " + expected);
        }
        float scale = payload.get(SCALE, payloadOffset);
        if (!(scale >= 0 && scale <= Float.MAX_VALUE)) {
            throw new MalformedPayloadException(
                    "payload declares the scale " + scale + ", expected a finite one of at least 0");
        }
        if (scale == 0) {
            return;
        }
        int size = prepare(length);
        MemorySegment packed = payload;
        long packedOffset = payloadOffset + SCALE_BYTES;
        if (!payload.isNative()) {
            packed = scratch.bytes();
            MemorySegment.copy(payload, packedOffset, packed, 0, expected - SCALE_BYTES);
            packedOffset = 0;
        }
        MemorySegment x = scratch.coordinates();
        kernels.unpack(packed, packedOffset, size, codebook, x);
        kernels.hadamard(x, size);
        int rounds = method.rounds().forBlock(size);
        int shrink = rounds == 1 ? 0 : rounds * log2(size) / (2 * (rounds - 1));
        for (int round = rounds - 1; round > 0; round--) {
            kernels.signWords(seed, round, scratch.signWords(), size);
            kernels.rotate(x, size, scratch.signWords(), powerOfTwo(-shrink));
        }
        kernels.signWords(seed, 0, scratch.signWords(), size);
        double factor = (double) weight * scale * Math.scalb(inverseRoot(size, rounds), shrink * (rounds - 1));
        MemorySegment target = scratch.sum(sum, first, length);
        kernels.addSigned(x, length, scratch.signWords(), (float) factor, target, Scratch.sumOffset(sum, first));
        scratch.writeBack(sum, first, length);
    }

    /** size^(-rounds/2); Math.pow may differ in its last bit from machine to machine, a square root may not. */
    private static double inverseRoot(int size, int rounds) {
        int halves = log2(size) * rounds;
        return Math.scalb((halves & 1) == 0 ? 1 : Math.sqrt(.5), -(halves >> 1));
    }

    private static int log2(int powerOfTwo) {
        return Integer.numberOfTrailingZeros(powerOfTwo);
    }

    private static float powerOfTwo(int exponent) {
        return Math.scalb(1f, exponent);
    }
}
