package org.eden4j.compressor.stochastic;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.kernel.SplitMix;

/** The codec of {@link StochasticQuantization}: float32 minimum, float32 maximum, then {@code bits} per coordinate. */
final class StochasticQuantizationCodec extends SharedRotationCodec {
    private static final long PURPOSE = 0x5351L;

    private final StochasticQuantization method;
    private final SplitMix random = new SplitMix();
    private final BitStream stream = new BitStream();

    StochasticQuantizationCodec(StochasticQuantization method) {
        super(method, method.rotate());
        this.method = method;
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        double unit = rotation.rotate(seed);
        MinMaxGrid.write(scratch.coordinates(), sumCoordinates(length), unit, method.bits(),
                random.reset(seed.own(), PURPOSE), stream, payload, offset);
        return payloadBytes(length);
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        MinMaxGrid.check(payload, offset);
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        int n = sumCoordinates(length);
        MinMaxGrid.read(payload, offset, n, method.bits(), stream, scratch.coordinates());
        kernels.addScaled(scratch.coordinates(), n, weight, sum, sumOffset);
    }
}
