package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.Kernels;

/** Rotated coordinates to packed indices, and packed indices to centroids. All segments are off the heap. */
interface Quantizer {
    /**
     * @param y float32[size], unchanged
     * @param scale brings y to unit variance
     * @param shift added to those coordinates of unit variance before their centroids are chosen; 0 from five bits up and
     *        with other codings than the fixed one
     * @param seed the block's seed, for masks
     * @param packed where the indices go
     * @param centroids float32[size], becomes the centroids that {@link #unpack} will find, divided by {@link #unit}
     */
    void quantize(
            MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed, long packedOffset,
            MemorySegment centroids);

    /**
     * The same for those who want &lt;y, c&gt; alone.
     *
     * @param centroids float32[size]; what is left there is not specified
     */
    default double quantizeAndDot(
            Kernels kernels, MemorySegment y, int size, float scale, float shift, long seed, MemorySegment packed,
            long packedOffset,
            MemorySegment centroids) {
        quantize(y, size, scale, shift, seed, packed, packedOffset, centroids);
        return kernels.dot(y, centroids, size);
    }

    /**
     * Whether a scale can be computed from these centroids: false where too little of the block is in them.
     *
     * @param dot &lt;z, c&gt; of the coordinates brought to unit variance and their centroids
     */
    default boolean sees(double dot, int size) {
        return true;
    }

    /** Bytes that the last block of {@code size} coordinates was packed to. */
    int packedBytes(int size);

    /** By what the centroids of the last {@link #quantize} are to be multiplied to be those that {@link #unpack} finds. */
    default double unit() {
        return 1;
    }

    /**
     * centroids[i] becomes the centroid of the i-th packed index.
     *
     * @param bytes of the packed indices
     * @throws org.eden4j.compressor.MalformedPayloadException if lengths vary and no encoder makes such bytes
     */
    void unpack(
            MemorySegment packed, long packedOffset, int bytes, int size, long seed, MemorySegment centroids);

    /** The quantizer for a number of bits in (0, 8]. */
    static Quantizer ofBits(double bits, Kernels kernels) {
        return bits < 1 ? new DroppingQuantizer(bits)
                : bits == Math.rint(bits) ? new LloydMaxQuantizer((int) bits, kernels) : new MixedQuantizer(bits);
    }

    /** Bytes of the packed indices of a block of {@code size} coordinates, the same for every such block. */
    static int packedBytes(double bits, int size) {
        return bits < 1 ? DroppingQuantizer.packedBytes(bits, size) : MixedQuantizer.packedBytes(bits, size);
    }

    /** D = E (z - c(z))^2 of that quantizer on N(0,1). */
    static double distortion(double bits) {
        return bits < 1 ? DroppingQuantizer.distortion(bits) : MixedQuantizer.distortion(bits);
    }
}
