package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops over one block. {@link ScalarKernels} defines what each computes; {@link VectorKernels} computes the
 * same bits faster.
 *
 * <p>All segments are off the heap. Coordinates are float32 in native order from byte 0 of their segment unless an offset
 * is given; {@code n} is their number, a power of two of at least 128 unless said otherwise. Nothing is checked here: the
 * codec has done that.
 */
public interface Kernels {
    /** The most rounds of signs and transform that a block gets. */
    int MOST_ROUNDS = 3;

    /** Of codebooks whose indices can be those of shifted coordinates. */
    int MOST_SHIFTED_BITS = 4;

    /** Coordinates that share one vector of 16 sign words. */
    int SIGN_GROUP = 512;
    /** Coordinates summed in float32 before the sum goes to double. */
    int SUM_RUN = 1024;
    /** Partial sums kept side by side within a run, whatever the vector width. */
    int SUM_LANES = 64;
    /** Lanes that remain after the first fold. */
    int FOLDED_LANES = 16;

    /**
     * max |x_i| as the bits of a float, above the bits of +infinity if there is a NaN, of any {@code n} coordinates from
     * byte {@code offset} on.
     */
    int maxAbsBits(MemorySegment x, long offset, int n);

    /**
     * The sign words of a block for the first rounds of its rotation, {@link #signWordCount} for each: bit 31 - k of a
     * round's word 16 g + l negates coordinate 512 g + 16 k + l.
     *
     * <p>A round's word 16 (4 q + j) + l is the j-th output word of {@link Threefry} for counter 16 q + l and the stream
     * of that number.
     */
    void signWords(long seed, int rounds, MemorySegment words, int n);

    /**
     * Asks for a payload and the part of a sum that it is for, which are needed soon: at once, in one loop and in ascending
     * order they come fastest. No result depends on it.
     *
     * @param bytes from byte {@code offset} of the payload on
     * @param sumBytes from byte {@code sumOffset} of the sum on
     */
    default void fetch(
            MemorySegment payload, long offset, int bytes, MemorySegment sum, long sumOffset, int sumBytes) {}

    /** x becomes H x: the Hadamard transform without its 1/sqrt(n), butterflies in ascending order of stride. */
    void hadamard(MemorySegment x, int n);

    /**
     * x becomes H (s factor from) for the signs s.
     *
     * @param from n coordinates from byte {@code fromOffset}; may be x itself, but not overlap it otherwise
     * @param signWords {@link #signWords} of this round and those before
     * @param factor 1 is fastest
     */
    void rotate(
            MemorySegment from, long fromOffset, int n, MemorySegment signWords, int round, float factor,
            MemorySegment x);

    /** x becomes H (s' H (s from)) for the signs s of round 0 and s' of round 1: {@link #rotate} twice, by a factor of 1. */
    default void rotateTwice(MemorySegment from, long fromOffset, int n, MemorySegment signWords, MemorySegment x) {
        rotate(from, fromOffset, n, signWords, 0, 1, x);
        rotate(x, 0, n, signWords, 1, 1, x);
    }

    /**
     * sum[i] becomes fma(s_i y_i, factor, sum[i]) for y = H (s' H x): what undoes {@link #rotateTwice}, for those who want
     * the sum alone.
     *
     * @param x overwritten; what is left there is not specified
     */
    default void addInverseTwice(
            MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset) {
        hadamard(x, n);
        rotate(x, 0, n, signWords, 1, 1, x);
        addSigned(x, n, signWords, factor, sum, sumOffset);
    }

    /**
     * sum[i] becomes fma(s_i x_i, factor, sum[i]) for the signs s of round 0; any {@code n} up to the block's size.
     */
    void addSigned(MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset);

    /** scaled[i] becomes factor times the i-th coordinate from byte {@code offset} of x; may be in place. */
    void scale(MemorySegment x, long offset, int n, float factor, MemorySegment scaled);

    /** x[i] becomes x_i^2. */
    void square(MemorySegment x, int n);

    /** sum[i] becomes fma(x_i, factor, sum[i]); any {@code n}. */
    void addScaled(MemorySegment x, int n, float factor, MemorySegment sum, long sumOffset);

    /**
     * &lt;x, y&gt; in a fixed order: within each run of {@value #SUM_RUN} coordinates lane i mod {@value #SUM_LANES} sums
     * by fma; lanes l, l + 16, l + 32, l + 48 fold to (a + b) + (c + d) in float32; the 16 that remain are added in
     * double, in ascending order, and so are the runs.
     */
    double dot(MemorySegment x, MemorySegment y, int n);

    /**
     * indices[i] becomes the codebook's index of fma(x_i, scale, shift).
     *
     * @param shift 0 for codebooks of more than {@value #MOST_SHIFTED_BITS} bits
     */
    void quantize(MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices);

    /**
     * Packs indices "vertically", little endian. With L = min(16, n / 32) lanes, every 32 L coordinates fill
     * {@code bits} rows of L words: coordinate L k + l of such a group takes bits [k bits, (k + 1) bits) of lane l's
     * words.
     */
    void pack(MemorySegment indices, int n, int bits, MemorySegment payload, long payloadOffset);

    /** centroids[i] becomes the signed centroid of the i-th packed index. */
    void unpack(MemorySegment payload, long payloadOffset, int n, Codebook codebook, MemorySegment centroids);

    /** indices[i] becomes the i-th packed index. */
    void unpackIndices(MemorySegment payload, long payloadOffset, int n, int bits, MemorySegment indices);

    /** indices[i] becomes, in place, its signed centroid. */
    void lookUp(MemorySegment indices, int n, Codebook codebook);

    /**
     * {@link #quantize}, {@link #pack}, {@link #lookUp} and {@link #dot} of x, not shifted, with the centroids, for those who want the
     * payload and that sum alone.
     *
     * @param indices room for n ints; what is left there is not specified
     */
    double quantizeAndPack(
            MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices,
            MemorySegment payload, long payloadOffset);

    /** Loops of trellis and entropy coding of the same kind, of their own for whoever asks. */
    CodingKernels coding();

    /** Lanes of the packed form of a block. */
    static int packLanes(int n) {
        return Math.min(16, n / 32);
    }

    /** Words that {@link #signWords} writes for a round of a block: a multiple of 64. */
    static int signWordCount(int n) {
        int groups = (n + SIGN_GROUP - 1) / SIGN_GROUP;
        return (groups + 3 & -4) * 16;
    }
}
