package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.Kernels;

/** Maps rotated coordinates to packed indices and packed indices to centroids. All segments are off-heap. */
interface Quantizer {
    /**
     * Quantizes and packs a block.
     *
     * @param y float32[size], unchanged
     * @param scale factor that scales y to unit variance
     * @param shift added to the scaled coordinates before their centroids are chosen; 0 from five bits on and with
     *         codings other than the fixed one
     * @param seed seed of the block, for masks
     * @param packed receives the indices
     * @param centroids float32[size], receives the centroids that {@link #unpack} will return, divided by {@link #unit}
     */
    void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids);

    /**
     * Quantizes and packs a block, and returns &lt;y, c&gt;.
     *
     * @param centroids float32[size]; its final content is unspecified
     */
    default double quantizeAndDot(
            Kernels kernels, MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed,
            long packedOffset,
            MemorySegment centroids) {
        quantize(y, size, scale, shift, seed, packed, packedOffset, centroids);
        return kernels.dot(y, centroids, size);
    }

    /**
     * Returns whether a scale can be computed from these centroids: false if they represent too little of the block.
     *
     * @param dot &lt;z, c&gt; of the coordinates scaled to unit variance and their centroids
     */
    default boolean sees(double dot, int size) {
        return true;
    }

    /** Returns the number of bytes of the last block of {@code size} coordinates that was packed. */
    int packedBytes(int size);

    /**
     * Returns the factor by which the centroids of the last {@link #quantize} must be multiplied to equal those of
     * {@link #unpack}.
     */
    default double unit() {
        return 1;
    }

    /**
     * Sets centroids[i] to the centroid of the i-th packed index.
     *
     * @param bytes number of bytes of the packed indices
     * @throws org.eden4j.compressor.MalformedPayloadException if lengths vary and no encoder produces these bytes
     */
    void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids);

    /** Returns the quantizer for a number of bits in (0, 8]. */
    static Quantizer ofBits(double bits, Kernels kernels) {
        return bits < 1 ? new DroppingQuantizer(bits)
                : bits == Math.rint(bits) ? new LloydMaxQuantizer((int) bits, kernels) : new MixedQuantizer(bits);
    }

    /**
     * Returns the number of bytes of the packed indices of a block of {@code size} coordinates, the same for every such
     * block.
     */
    static int packedBytes(double bits, int size) {
        return bits < 1 ? DroppingQuantizer.packedBytes(bits, size) : MixedQuantizer.packedBytes(bits, size);
    }

    /** Returns the quantizer's distortion D = E (z - c(z))^2 for z ~ N(0,1). */
    static double distortion(double bits) {
        return bits < 1 ? DroppingQuantizer.distortion(bits) : MixedQuantizer.distortion(bits);
    }
}
