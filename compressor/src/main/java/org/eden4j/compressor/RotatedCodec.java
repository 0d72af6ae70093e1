package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * EDEN and its relatives: one block, rotated, quantized and scaled.
 *
 * <pre>
 * encode:  x  -- 2^-e --  rotate  -- sqrt(d)/|y| --  indices  -- pack --  payload
 * decode:  payload  -- centroids --  rotate back  -- weight scale --  added to the sum
 * </pre>
 *
 * <p>The payload is the float32 scale, then the packed indices. Before anything is computed the block is multiplied by the
 * power of two that brings its largest magnitude into [1, 2), which is exact and undone in the scale, so that inputs of
 * 1e-38 and 1e38 survive float32 butterflies. A block of zeros has the scale 0. With {@link Rounds#AUTO} a scale with its
 * sign bit set says that one round was enough.
 */
final class RotatedCodec implements BlockCodec {
    static final int SCALE_BYTES = Float.BYTES;
    static final ValueLayout.OfFloat SCALE = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final RotatedMethod method;
    private final Kernels kernels;
    private final Scratch scratch = new Scratch();
    private final Rotation rotation;
    private final Quantizer quantizer;
    private final BlockLoader block;

    RotatedCodec(RotatedMethod method) {
        this(method, Simd.kernels());
    }

    RotatedCodec(RotatedMethod method, Kernels kernels) {
        this.method = method;
        this.kernels = kernels;
        rotation = method.rotation().create(kernels, scratch);
        quantizer = Quantizer.ofBits(method.bits(), kernels);
        block = new BlockLoader(kernels, scratch, rotation.largestBlock());
    }

    @Override
    public int payloadBytes(int length) {
        return SCALE_BYTES + quantizer.packedBytes(BlockLayout.paddedSize(length));
    }

    @Override
    public int encode(
            MemorySegment gradient, long first, int length, BlockSeed seed, MemorySegment payload, long payloadOffset) {
        int payloadBytes = payloadBytes(length);
        if (!block.load(gradient, first, length)) {
            payload.asSlice(payloadOffset, payloadBytes).fill((byte) 0);
            return payloadBytes;
        }
        MemorySegment y = scratch.coordinates();
        int size = block.size();
        boolean auto = method.rounds() == Rounds.AUTO;
        boolean oneRound = auto && Rounds.oneIsEnough(kernels, y, size, block.exponent(), scratch.centroids());
        int rounds = oneRound ? 1 : method.rounds().forBlock(size);
        double factor = block.unit() * rotation.rotate(y, size, seed.own(), block.exponent(), rounds);
        double squaredNorm = kernels.dot(y, y, size);
        float toUnitVariance = (float) Math.sqrt(size / squaredNorm);
        MemorySegment c = scratch.centroids();
        MemorySegment packed = payload.isNative() ? payload : scratch.bytes();
        long packedOffset = payload.isNative() ? payloadOffset + SCALE_BYTES : 0;
        quantizer.quantize(y, size, toUnitVariance, seed.own(), packed, packedOffset, c);
        if (!payload.isNative()) {
            MemorySegment.copy(packed, 0, payload, payloadOffset + SCALE_BYTES, payloadBytes - SCALE_BYTES);
        }
        double squaredCentroidNorm = method.scale().needsCentroidNorm() ? kernels.dot(c, c, size) : Double.NaN;
        double scale = factor
                * method.scale().scale(squaredNorm, kernels.dot(y, c, size), squaredCentroidNorm, size);
        float sent = (float) Math.min(scale, Float.MAX_VALUE);
        payload.set(SCALE, payloadOffset, oneRound ? -sent : sent);
        return payloadBytes;
    }

    @Override
    public void accumulate(
            MemorySegment payload, long payloadOffset, int payloadLength, int length, BlockSeed seed, float weight,
            MemorySegment sum, long first) {
        int expected = payloadBytes(length);
        if (payloadLength != expected) {
            throw new MalformedPayloadException("payload of a block of " + length + " coordinates at " + method.bits()
                    + " bits carries " + payloadLength + " bytes, expected " + expected);
        }
        float signedScale = payload.get(SCALE, payloadOffset);
        boolean oneRound = method.rounds() == Rounds.AUTO && Float.floatToRawIntBits(signedScale) < 0;
        float scale = oneRound ? -signedScale : signedScale;
        if (!(scale >= 0 && scale <= Float.MAX_VALUE)) {
            throw new MalformedPayloadException(
                    "payload declares the scale " + signedScale + ", expected a finite one of at least 0");
        }
        if (scale == 0) {
            return;
        }
        int size = block.reserve(length);
        MemorySegment packed = payload;
        long packedOffset = payloadOffset + SCALE_BYTES;
        if (!payload.isNative()) {
            packed = scratch.bytes();
            MemorySegment.copy(payload, packedOffset, packed, 0, expected - SCALE_BYTES);
            packedOffset = 0;
        }
        MemorySegment x = scratch.coordinates();
        quantizer.unpack(packed, packedOffset, size, seed.own(), x);
        int rounds = oneRound ? 1 : method.rounds().forBlock(size);
        MemorySegment target = scratch.sum(sum, first, length);
        long targetOffset = Scratch.sumOffset(sum, first);
        rotation.addInverse(x, size, seed.own(), rounds, (double) weight * scale, target, targetOffset, length);
        scratch.writeBack(sum, first, length);
    }
}
