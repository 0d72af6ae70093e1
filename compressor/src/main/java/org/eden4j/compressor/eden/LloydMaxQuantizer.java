package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.Kernels;

/** Maps every coordinate to the nearest centroid of one codebook; {@code d bits / 8} bytes. */
final class LloydMaxQuantizer implements Quantizer {
    private final Codebook codebook;
    private final Kernels kernels;

    LloydMaxQuantizer(int bits, Kernels kernels) {
        codebook = Codebook.ofBits(bits);
        this.kernels = kernels;
    }

    @Override
    public void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids) {
        kernels.quantize(y, size, scale, shift, codebook, centroids);
        kernels.pack(centroids, size, codebook.bits(), packed, packedOffset);
        kernels.lookUp(centroids, size, codebook);
    }

    @Override
    public double quantizeAndDot(
            Kernels kernels, MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed,
            long packedOffset,
            MemorySegment centroids) {
        return kernels.quantizeAndPack(y, size, scale, shift, codebook, centroids, packed, packedOffset);
    }

    @Override
    public int packedBytes(int size) {
        return Quantizer.packedBytes(codebook.bits(), size);
    }

    @Override
    public void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids) {
        kernels.unpack(packed, packedOffset, size, codebook, centroids);
    }
}
