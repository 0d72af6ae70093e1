package org.eden4j.compressor.sparse;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.block.Norms;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;

/** The codec of {@link TernGrad} and {@link Threshold}: float32 magnitude, then a sign or zero for each coordinate. */
final class TernaryCodec extends ScratchCodec {
    private static final long PURPOSE = 0x5465726EL;

    private final Method method;
    private final SplitMix random = new SplitMix();

    TernaryCodec(Method method) {
        super(method, KernelProvider.kernels(), new Scratch());
        this.method = method;
    }

    static int bytes(int length) {
        return Float.BYTES + Trits.bytes(length);
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment x = block.coordinates();
        Scratch.zeroBytes(payload, offset, bytes(length));
        double magnitude = switch (method) {
            case TernGrad ternGrad -> largest(ternGrad, x, length);
            case Threshold threshold -> threshold.sigma() * Norms.l2(x, length) / Math.sqrt(length);
            default -> throw new AssertionError(method);
        };
        payload.set(WIRE_FLOAT, offset, saturated(magnitude * block.unit()));
        random.reset(seed.own(), PURPOSE);
        for (int i = 0; i < length; i++) {
            float value = x.getAtIndex(ScalarKernels.FLOAT, i);
            // Compared in float32, so that the rounding of the norm does not exclude coordinates equal to the
            // threshold.
            boolean sent = method instanceof Threshold ? Math.abs(value) >= (float) magnitude
                    : random.nextDouble() * magnitude < Math.abs(value);
            if (sent) {
                Trits.add(payload, offset + Float.BYTES, i, value < 0 ? -1 : 1);
            }
        }
        return payloadBytes(length);
    }

    /** Returns the largest magnitude, or the clipping point if that is smaller. */
    private static double largest(TernGrad method, MemorySegment x, int length) {
        double largest = 0;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, Math.abs(x.getAtIndex(ScalarKernels.FLOAT, i)));
        }
        if (method.clip() == 0) {
            return largest;
        }
        double point = method.clip() * Norms.standardDeviation(x, length);
        return point > 0 ? Math.min(largest, point) : largest;
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        read(payload, offset, length);
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        read(payload, offset, length);
        kernels.addScaled(scratch.coordinates(), length, weight, sum, sumOffset);
    }

    private void read(MemorySegment payload, long offset, int length) {
        float magnitude = magnitude(payload.get(WIRE_FLOAT, offset), "magnitude");
        Trits.read(payload, offset + Float.BYTES, length, magnitude, scratch.coordinates());
    }
}
