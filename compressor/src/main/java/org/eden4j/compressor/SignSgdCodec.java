package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/** {@link SignSgd}: float32 magnitude, then one bit a coordinate, set where it is negative. */
final class SignSgdCodec extends ScratchCodec {
    private final BitStream stream = new BitStream();

    SignSgdCodec(SignSgd method) {
        super(method, Simd.kernels(), new Scratch());
    }

    @Override
    public int payloadBytes(int length) {
        return Float.BYTES + BitStream.bytes(length);
    }

    @Override
    void encodeBlock(int length, BlockSeed seed, MemorySegment payload, long offset) {
        MemorySegment x = block.coordinates();
        payload.set(WIRE_FLOAT, offset, saturated(Norms.l1(x, length) / length * block.unit()));
        stream.reset(payload, offset + Float.BYTES);
        for (int i = 0; i < length; i++) {
            stream.write(x.getAtIndex(ScalarKernels.FLOAT, i) < 0 ? 1 : 0, 1);
        }
        stream.flush();
    }

    @Override
    void checkBlock(MemorySegment payload, long offset, int length, BlockSeed seed) {
        magnitude(payload.get(WIRE_FLOAT, offset), "magnitude");
    }

    @Override
    void addBlock(
            MemorySegment payload, long offset, int length, BlockSeed seed, float weight, MemorySegment sum,
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
