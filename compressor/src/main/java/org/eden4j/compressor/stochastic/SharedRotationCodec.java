package org.eden4j.compressor.stochastic;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.block.Scratch;
import org.eden4j.compressor.block.ScratchCodec;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.rotation.SharedRotation;

/** Base of codecs whose contributions are summed in the rotated domain if a {@link SharedRotation} is enabled. */
abstract class SharedRotationCodec extends ScratchCodec {
    final SharedRotation rotation;

    SharedRotationCodec(Method method, boolean rotate) {
        super(method, KernelProvider.kernels(), new Scratch());
        rotation = new SharedRotation(rotate, kernels, scratch, block);
    }

    @Override
    protected final int sumCoordinates(int length) {
        return rotation.coordinates(length);
    }

    @Override
    public final void finish(int length, BlockSeed seed, MemorySegment sum, long first) {
        rotation.finish(length, seed, sum, first);
    }
}
