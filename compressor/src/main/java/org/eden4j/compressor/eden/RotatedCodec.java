package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BlockLoader;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.rotation.HadamardRotation;
import org.eden4j.compressor.rotation.OneRound;
import org.eden4j.compressor.rotation.Rotation;

/**
 * The codec of EDEN and its relatives: one block, rotated, quantized and scaled.
 *
 * <pre>
 * encode:  x  --  rotate  -- sqrt(d)/|y| --  indices  -- pack --  payload
 * decode:  payload  -- centroids --  rotate back  -- weight scale --  added to the sum
 * </pre>
 *
 * <p>The payload is the float32 scale followed by the packed indices of the {@link Quantizer}. Multiplication by powers
 * of two keeps inputs of 1e-38 and 1e38 within the range of float32 ({@link BlockLoader}, {@link HadamardRotation}); it
 * is exact and undone in the scale. A block of zeros has the scale 0. {@link LatticeDither} shifts the coordinates
 * before their indices are chosen. With {@link HadamardRounds#AUTO} a scale with its sign bit set means that one round
 * was enough.
 */
final class RotatedCodec extends ScratchCodec {
    static final int SCALE_BYTES = Float.BYTES;

    private final RotatedMethod method;
    private final Rotation rotation;
    private final Quantizer quantizer;
    private final OneRound oneRound = new OneRound();
    private final LatticeDither dither;

    RotatedCodec(RotatedMethod method) {
        this(method, KernelProvider.kernels());
    }

    RotatedCodec(RotatedMethod method, Kernels kernels) {
        this(method, kernels, new Scratch());
    }

    private RotatedCodec(RotatedMethod method, Kernels kernels, Scratch scratch) {
        super(method, kernels, scratch);
        this.method = method;
        rotation = method.rotation().create(kernels, scratch);
        quantizer = method.coding().rules().quantizer(method.bits(), kernels);
        dither = new LatticeDither(method);
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment y = scratch.coordinates();
        MemorySegment c = scratch.centroids();
        int size = block.size();
        boolean once = method.rounds() == HadamardRounds.AUTO
                && oneRound.isEnough(kernels, block.source(), block.sourceOffset(), size, block.exponent(), c);
        int rounds = once ? 1 : method.roundsOf(size);
        double unit = block.unit() * rotation.rotate(block.source(), block.sourceOffset(), size, seed.own(),
                block.exponent(), rounds, y);
        double squaredNorm = kernels.dot(y, y, size);
        float toUnitVariance = (float) Math.sqrt(size / squaredNorm);
        double dot;
        double squaredCentroidNorm = Double.NaN;
        double factor = unit / block.unit();
        float shift = once ? 0 : dither.shift(size, block.largest(), factor * factor * squaredNorm, seed.own());
        if (shift != 0 && method.coding() != Coding.FIXED) {
            MemorySegment shifted = shifted(y, size, shift / toUnitVariance);
            quantizer.quantize(shifted, size, toUnitVariance, 0, seed.own(), payload, offset + SCALE_BYTES, c);
            dot = kernels.dot(y, c, size);
        } else if (method.scale().needsCentroidNorm()) {
            quantizer.quantize(y, size, toUnitVariance, shift, seed.own(), payload, offset + SCALE_BYTES, c);
            dot = kernels.dot(y, c, size);
            squaredCentroidNorm = kernels.dot(c, c, size);
        } else {
            dot = quantizer.quantizeAndDot(kernels, y, size, toUnitVariance, shift, seed.own(), payload,
                    offset + SCALE_BYTES, c);
        }
        double centroid = quantizer.unit();
        double scale = quantizer.sees(dot * toUnitVariance, size)
                ? method.scale().scale(squaredNorm, dot * centroid, squaredCentroidNorm * centroid * centroid, size)
                : 0;
        float sent = saturated(unit * scale);
        payload.set(WIRE_FLOAT, offset, once ? -sent : sent);
        return SCALE_BYTES + quantizer.packedBytes(size);
    }

    /** Returns a shifted copy, for quantizers without a shift of their own. */
    private MemorySegment shifted(MemorySegment y, int size, float shift) {
        MemorySegment shifted = scratch.sum(4L * size);
        for (int i = 0; i < size; i++) {
            shifted.setAtIndex(ScalarKernels.FLOAT, i, y.getAtIndex(ScalarKernels.FLOAT, i) + shift);
        }
        return shifted;
    }

    private boolean isOnce(MemorySegment payload, long offset) {
        return method.rounds() == HadamardRounds.AUTO && payload.get(WIRE_FLOAT, offset) < 0;
    }

    private double scale(MemorySegment payload, long offset) {
        float sent = payload.get(WIRE_FLOAT, offset);
        return magnitude(isOnce(payload, offset) ? -sent : sent, "scale");
    }

    private boolean isVariable(int length) {
        return method.coding().rules().isVariable(method.bits(), BlockLayout.paddedSize(length));
    }

    @Override
    protected int fewestBytes(int length) {
        return isVariable(length) ? SCALE_BYTES : payloadBytes(length);
    }

    /** Every bit pattern is a valid index. */
    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        if (scale(payload, offset) != 0 && isVariable(length)) {
            quantizer.unpack(payload, offset + SCALE_BYTES, bytes - SCALE_BYTES, BlockLayout.paddedSize(length),
                    seed.own(), scratch.coordinates());
        }
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        boolean once = isOnce(payload, offset);
        double scale = scale(payload, offset);
        if (scale == 0) {
            return;
        }
        int size = BlockLayout.paddedSize(length);
        MemorySegment x = scratch.coordinatesApartFrom(sum, sumOffset);
        if (size <= BlockLayout.DEFAULT_BLOCK) {
            kernels.fetch(payload, offset, bytes, sum, sumOffset, Float.BYTES * length);
        }
        quantizer.unpack(payload, offset + SCALE_BYTES, bytes - SCALE_BYTES, size, seed.own(), x);
        int rounds = once ? 1 : method.roundsOf(size);
        rotation.addInverse(x, size, seed.own(), rounds, weight * scale, sum, sumOffset, length);
    }
}
