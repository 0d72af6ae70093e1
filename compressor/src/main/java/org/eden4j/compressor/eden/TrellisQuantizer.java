package org.eden4j.compressor.eden;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.CodingKernels;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.TrellisCodebook;

/** The points of the nearest sequence that a trellis admits; {@code d bits / 8} bytes. Any payload is that of some sequence. */
final class TrellisQuantizer implements Quantizer {
    private final TrellisCodebook codebook;
    private final Kernels packing;
    private final CodingKernels kernels;
    /** For small blocks. */
    private final Quantizer plain;
    private MemorySegment work = MemorySegment.NULL;

    TrellisQuantizer(TrellisCodebook codebook, Kernels kernels) {
        this.codebook = codebook;
        packing = kernels;
        this.kernels = kernels.coding();
        plain = Quantizer.ofBits(codebook.bits(), kernels);
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        if (!TrellisCoding.isCoded(size)) {
            plain.quantize(y, size, scale, shift, seed, packed, packedOffset, centroids);
            return;
        }
        if (work.byteSize() < 8L * size) {
            work = Arena.ofAuto().allocate(8L * size, 64);
        }
        kernels.codebookTrellis(codebook, y, size, scale, work, centroids);
        packing.pack(work, size, codebook.bits(), packed, packedOffset);
    }

    @Override
    public int packedBytes(int size) {
        return Quantizer.packedBytes(codebook.bits(), size);
    }

    @Override
    public void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids) {
        if (!TrellisCoding.isCoded(size)) {
            plain.unpack(packed, packedOffset, bytes, size, seed, centroids);
            return;
        }
        packing.unpackIndices(packed, packedOffset, size, codebook.bits(), centroids);
        kernels.codebookPoints(codebook, centroids, size, centroids);
    }
}
