package org.eden4j.compressor.stochastic;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.Norms;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;

/** The codec of {@link Qsgd}: float32 norm, then {@code bits} per coordinate, the sign in the highest bit. */
final class QsgdCodec extends SharedRotationCodec {
    private static final long PURPOSE = 0x51534744L;

    private final Qsgd method;
    private final int top;
    private final SplitMix random = new SplitMix();
    private final BitStream stream = new BitStream();

    QsgdCodec(Qsgd method) {
        super(method, method.rotate());
        this.method = method;
        top = (1 << method.bits() - 1) - 1;
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        double unit = rotation.rotate(seed);
        MemorySegment x = scratch.coordinates();
        int n = sumCoordinates(length);
        float norm = atLeast(unit * switch (method.norm()) {
            case L2 -> Norms.l2(x, n);
            case LINF -> Float.intBitsToFloat(kernels.maxAbsBits(x, 0, n));
        });
        payload.set(WIRE_FLOAT, offset, norm);
        double toMultiple = top * unit / norm;
        random.reset(seed.own(), PURPOSE);
        stream.reset(payload, offset + Float.BYTES);
        for (int i = 0; i < n; i++) {
            float value = x.getAtIndex(ScalarKernels.FLOAT, i);
            int multiple = random.round(Math.abs(value) * toMultiple, top);
            stream.write(value < 0 ? multiple | top + 1 : multiple, method.bits());
        }
        stream.flush();
        return payloadBytes(length);
    }

    private static float atLeast(double value) {
        float nearest = saturated(value);
        return nearest < value ? Math.min(Math.nextUp(nearest), Float.MAX_VALUE) : nearest;
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        magnitude(payload.get(WIRE_FLOAT, offset), "norm");
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        double step = (double) magnitude(payload.get(WIRE_FLOAT, offset), "norm") / top;
        MemorySegment x = scratch.coordinates();
        int n = sumCoordinates(length);
        stream.reset(payload, offset + Float.BYTES);
        for (int i = 0; i < n; i++) {
            int index = stream.read(method.bits());
            float value = (float) (step * (index & top));
            x.setAtIndex(ScalarKernels.FLOAT, i, index > top ? -value : value);
        }
        kernels.addScaled(x, n, weight, sum, sumOffset);
    }
}
