package org.eden4j.compressor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Passes one block of a fixed length through a codec and back, in reused off-heap memory. */
public final class BlockPipe {
    private static final ValueLayout.OfFloat SCALE = ValueLayout.JAVA_FLOAT_UNALIGNED
        .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final BlockCodec codec;
    private final int length;
    private final MemorySegment gradient;
    private final MemorySegment payload;
    private final MemorySegment sum;
    private final float[] estimate;
    private int written;

    public BlockPipe(Method method, int length) {
        this(BlockCodec.of(method), length);
    }

    public BlockPipe(BlockCodec codec, int length) {
        this.codec = codec;
        this.length = length;
        Arena arena = Arena.ofAuto();
        gradient = arena.allocate(4L * length, 64);
        payload = arena.allocate(codec.payloadBytes(length), 64);
        sum = arena.allocate(4L * BlockLayout.paddedSize(length), 64);
        estimate = new float[length];
    }

    /** Encodes the block. */
    public MemorySegment encode(float[] x, long seed) {
        return encode(x, new BlockSeed(seed, ~seed));
    }

    public MemorySegment encode(float[] x, BlockSeed seed) {
        MemorySegment.copy(x, 0, gradient, ValueLayout.JAVA_FLOAT, 0, length);
        written = codec.encode(gradient, 0, length, seed, payload, 0);
        return payload.asSlice(0, written);
    }

    /** Decodes the bytes of the last {@link #encode}. The array is overwritten by the next call. */
    public float[] decode(long seed) {
        return decode(new BlockSeed(seed, ~seed));
    }

    public float[] decode(BlockSeed seed) {
        sum.fill((byte) 0);
        codec.accumulate(payload, 0, written, length, seed, 1, sum, 0);
        codec.finish(length, seed, sum, 0);
        MemorySegment.copy(sum, ValueLayout.JAVA_FLOAT, 0, estimate, 0, length);
        return estimate;
    }

    /** Returns the decoded estimate of x. The array is overwritten by the next call. */
    public float[] send(float[] x, long seed) {
        return send(x, new BlockSeed(seed, ~seed));
    }

    /** Returns the decoded estimate of x for the given seeds. */
    public float[] send(float[] x, BlockSeed seed) {
        encode(x, seed);
        return decode(seed);
    }

    /** Returns the scale of the last payload of a rotated method. */
    public float scale() {
        return payload.get(SCALE, 0);
    }
}
