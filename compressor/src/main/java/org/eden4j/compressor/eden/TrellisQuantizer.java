package org.eden4j.compressor.eden;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;
import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.TrellisCodebook;

/**
 * The points of the nearest sequence that a trellis admits; {@code d bits / 8} bytes. Every payload represents some
 * sequence.
 */
final class TrellisQuantizer implements Quantizer {
    private final IntFunction<TrellisCodebook> codebooks;
    private final int bits;
    private final Kernels packing;
    private final CodingKernels kernels;
    /** Quantizer for small blocks. */
    private final Quantizer plain;
    private MemorySegment indices = MemorySegment.NULL;
    /** Codebook and size of the last block. */
    private TrellisCodebook codebook;
    private int codebookSize;

    /** @param codebooks codebook by size of a block */
    TrellisQuantizer(IntFunction<TrellisCodebook> codebooks, int bits, Kernels kernels) {
        this.codebooks = codebooks;
        this.bits = bits;
        packing = kernels;
        this.kernels = kernels.coding();
        plain = Quantizer.ofBits(bits, kernels);
    }

    private TrellisCodebook codebook(int size) {
        if (size != codebookSize) {
            codebook = codebooks.apply(size);
            codebookSize = size;
        }
        return codebook;
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        if (!TrellisCoding.isCoded(size)) {
            plain.quantize(y, size, scale, shift, seed, packed, packedOffset, centroids);
            return;
        }
        if (indices.byteSize() < 4L * size) {
            indices = Arena.ofAuto().allocate(4L * size, 64);
        }
        kernels.codebookTrellis(codebook(size), y, size, scale, indices, centroids);
        packing.pack(indices, size, bits, packed, packedOffset);
    }

    @Override
    public int packedBytes(int size) {
        return Quantizer.packedBytes(bits, size);
    }

    @Override
    public void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids) {
        if (!TrellisCoding.isCoded(size)) {
            plain.unpack(packed, packedOffset, bytes, size, seed, centroids);
            return;
        }
        packing.unpackIndices(packed, packedOffset, size, bits, centroids);
        kernels.codebookPoints(codebook(size), centroids, size, centroids);
    }
}
