package org.eden4j.compressor.sparse;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.block.BitStream;
import org.eden4j.compressor.block.Norms;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.ScalarKernels;

/** The codec of {@link SignSgd}: float32 magnitude, then one bit per coordinate, set if it is negative. */
final class SignSgdCodec extends ScratchCodec {
    private final BitStream stream = new BitStream();

    SignSgdCodec(SignSgd method) {
        super(method, KernelProvider.kernels(), new Scratch());
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment x = block.coordinates();
        payload.set(WIRE_FLOAT, offset, saturated(Norms.l1(x, length) / length * block.unit()));
        stream.reset(payload, offset + Float.BYTES);
        for (int i = 0; i < length; i++) {
            stream.write(x.getAtIndex(ScalarKernels.FLOAT, i) < 0 ? 1 : 0, 1);
        }
        stream.flush();
        return payloadBytes(length);
    }

    @Override
    protected void checkBlock(MemorySegment payload, long offset, int bytes, int length, BlockSeed seed) {
        magnitude(payload.get(WIRE_FLOAT, offset), "magnitude");
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        float magnitude = magnitude(payload.get(WIRE_FLOAT, offset), "magnitude");
        MemorySegment x = scratch.coordinates();
        stream.reset(payload, offset + Float.BYTES);
        for (int i = 0; i < length; i++) {
            x.setAtIndex(ScalarKernels.FLOAT, i, stream.read(1) == 0 ? magnitude : -magnitude);
        }
        kernels.addScaled(x, length, weight, sum, sumOffset);
    }
}
