package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/** Codecs whose contributions are summed in the rotated domain where a {@link SharedRotation} is on. */
abstract class SharedRotationCodec extends ScratchCodec {
    final SharedRotation rotation;

    SharedRotationCodec(Method method, boolean rotate) {
        super(method, Simd.kernels(), new Scratch());
        rotation = new SharedRotation(rotate, kernels, scratch, block);
    }

    @Override
    final int sumCoordinates(int length) {
        return rotation.coordinates(length);
    }

    @Override
    public final void finish(int length, BlockSeed seed, MemorySegment sum, long first) {
        rotation.finish(length, seed, sum, first);
    }
}
