package org.eden4j.compressor.sparse;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.block.BlockMask;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.ScalarKernels;

/** The codec of {@link RandK}: the float32 coordinates of the mask, in its order. */
final class RandKCodec extends ScratchCodec {
    private final RandK method;
    private final BlockMask mask = new BlockMask();

    RandKCodec(RandK method) {
        super(method, KernelProvider.kernels(), new Scratch());
        this.method = method;
    }

    @Override
    protected int encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment x = block.coordinates();
        int members = method.kept(length);
        mask.reset(seed.own(), length);
        for (int j = 0; j < members; j++) {
            float value = (float) (x.getAtIndex(ScalarKernels.FLOAT, mask.coordinate(j)) * block.unit());
            payload.set(WIRE_FLOAT, offset + 4L * j, value);
        }
        return payloadBytes(length);
    }

    @Override
    protected void addBlock(
            MemorySegment payload, long offset, int bytes, int length, BlockSeed seed, float weight, MemorySegment sum,
            long sumOffset) {
        MemorySegment x = scratch.coordinates();
        int members = method.kept(length);
        double expansion = (double) length / members;
        Scratch.zero(x, 0, length);
        mask.reset(seed.own(), length);
        for (int j = 0; j < members; j++) {
            float value = payload.get(WIRE_FLOAT, offset + 4L * j);
            if (!Float.isFinite(value)) {
                throw new MalformedPayloadException("entry " + j + " is " + value + ", expected a finite number");
            }
            x.setAtIndex(ScalarKernels.FLOAT, mask.coordinate(j), saturated(expansion * value));
        }
        kernels.addScaled(x, length, weight, sum, sumOffset);
    }
}
