package org.eden4j.compressor.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.BlockLayout;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.MalformedPayloadException;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.compressor.UpdateBlocks;
import org.eden4j.compressor.kernel.KernelProvider;
import org.eden4j.compressor.kernel.Kernels;

/**
 * Decodes the blocks of one container separately and adds them to a sum of gradients. Methods that sum in a rotated
 * domain are rotated back for every block. The weight is applied last, so a block that can be decoded can always be
 * added.
 */
final class BlockDecoder {
    private static final int ALIGNMENT = 64;
    private static final int INFINITY_BITS = 0x7f800000;

    private final CompressedGradientHeader header;
    private final UpdateBlocks blocks;
    private final UpdateBlocks.Codecs codecs;
    private final Kernels kernels = KernelProvider.kernels();
    private int size;
    private MemorySegment decoded = MemorySegment.NULL;
    /** Copy of a slice of an on-heap sum. */
    private MemorySegment copy = MemorySegment.NULL;
    private int first;
    private int length;

    /** @param blocks blocks of the header */
    BlockDecoder(CompressedGradientHeader header, UpdateBlocks blocks) {
        this.header = header;
        this.blocks = blocks;
        codecs = UpdateBlocks.Codecs.of(blocks);
    }

    /** Rejects a sum whose length differs from the gradient's. */
    static void checkRoom(CompressedGradientHeader header, MemorySegment sum) {
        if (sum.byteSize() != (long) Float.BYTES * header.dimension()) {
            throw new IllegalArgumentException("sum has " + sum.byteSize() + " bytes, expected "
                    + (long) Float.BYTES * header.dimension() + " for " + header.dimension() + " float32 coordinates");
        }
    }

    /** Returns the coordinates of the last decoded block. */
    MemorySegment coordinates() {
        return decoded.asSlice(0, (long) Float.BYTES * length).asReadOnly();
    }

    /**
     * Decodes a block and keeps it for {@link #addTo}.
     *
     * @throws MalformedPayloadException if no encoder produces these bytes, or if a coordinate would be infinite
     */
    void decode(byte[] payload, int block) {
        first = blocks.offset(block);
        length = blocks.length(block);
        ensure(BlockLayout.paddedSize(length));
        decoded.fill((byte) 0);
        BlockSeed seed = header.seed(block);
        BlockCodec codec = codecs.of(block);
        try {
            codec.accumulate(MemorySegment.ofArray(payload), 0, payload.length, length, seed, 1, decoded, 0);
            codec.finish(length, seed, decoded, 0);
        } catch (NonFiniteGradientException e) {
            throw (MalformedPayloadException) beyondRange(block).initCause(e);
        }
        if (kernels.maxAbsBits(decoded, 0, length) >= INFINITY_BITS) {
            throw beyondRange(block);
        }
    }

    private MalformedPayloadException beyondRange(int block) {
        return CompressedGradientFormat.malformed("block %d of %d decodes to values outside the range of float32",
                block,
                blocks.blockCount());
    }

    /** Adds {@code weight} times the last decoded block. */
    void addTo(MemorySegment sum, float weight) {
        long offset = (long) Float.BYTES * first;
        if (sum.isNative()) {
            kernels.addScaled(decoded, length, weight, sum, offset);
            return;
        }
        long bytes = (long) Float.BYTES * length;
        MemorySegment.copy(sum, offset, copy, 0, bytes);
        kernels.addScaled(decoded, length, weight, copy, 0);
        MemorySegment.copy(copy, 0, sum, offset, bytes);
    }

    private void ensure(int size) {
        if (size > this.size) {
            Arena arena = Arena.ofAuto();
            decoded = arena.allocate((long) Float.BYTES * size, ALIGNMENT);
            copy = arena.allocate((long) Float.BYTES * size, ALIGNMENT);
            this.size = size;
        }
    }
}
