package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops over one block. {@link ScalarKernels} defines their results; {@link VectorKernels} computes the same
 * bits faster.
 *
 * <p>All segments are off-heap. Coordinates are float32 in native order from byte 0 of their segment unless an offset
 * is given. {@code n} is their number, a power of two and at least 128 unless stated otherwise. Arguments are not
 * checked here: the codec has checked them.
 */
public interface Kernels {
    /** Largest number of rounds of signs and transform per block. */
    int MOST_ROUNDS = 3;

    /** Largest number of bits of codebooks whose indices may be those of shifted coordinates. */
    int MOST_SHIFTED_BITS = 4;

    /** Number of coordinates that share one vector of 16 sign words. */
    int SIGN_GROUP = 512;
    /** Number of coordinates summed in float32 before the sum is added in double. */
    int SUM_RUN = 1024;
    /** Number of partial sums within a run, whatever the vector width. */
    int SUM_LANES = 64;
    /** Number of lanes that remain after the first fold. */
    int FOLDED_LANES = 16;

    /**
     * Returns max |x_i| as the bits of a float, greater than the bits of +infinity if there is a NaN, for any {@code n}
     * coordinates from byte {@code offset} on.
     */
    int maxAbsBits(MemorySegment x, long offset, int n);

    /**
     * Computes the sign words of a block for the first rounds of its rotation, {@link #signWordCount} per round: bit 31
     * - k of a round's word 16 g + l negates coordinate 512 g + 16 k + l.
     *
     * <p>Word 16 (4 q + j) + l of a round is the j-th output word of {@link Threefry} for counter 16 q + l and the
     * stream with the number of the round.
     */
    void signWords(long seed, int rounds, MemorySegment words, int n);

    /**
     * Prefetches a payload and its slice of the sum. Reading both in one loop and in ascending order is fastest. No
     * result depends on it.
     *
     * @param bytes bytes of the payload, from byte {@code offset} on
     * @param sumBytes bytes of the sum, from byte {@code sumOffset} on
     */
    default void fetch(
            MemorySegment payload, long offset, int bytes, MemorySegment sum, long sumOffset, int sumBytes) {}

    /**
     * Replaces x by H x: the Hadamard transform without its 1/sqrt(n), with butterflies in ascending order of stride.
     */
    void hadamard(MemorySegment x, int n);

    /**
     * Sets x to H (s factor from) for the signs s.
     *
     * @param from n coordinates from byte {@code fromOffset}; may be x itself, but must not overlap it otherwise
     * @param signWords {@link #signWords} of this round and the previous ones
     * @param factor 1 is fastest
     */
    void rotate(
            MemorySegment from, long fromOffset, int n, MemorySegment signWords, int round, float factor,
            MemorySegment x);

    /**
     * Sets x to H (s' H (s from)) for the signs s of round 0 and s' of round 1: {@link #rotate} twice, with a factor of
     * 1.
     */
    default void rotateTwice(MemorySegment from, long fromOffset, int n, MemorySegment signWords, MemorySegment x) {
        rotate(from, fromOffset, n, signWords, 0, 1, x);
        rotate(x, 0, n, signWords, 1, 1, x);
    }

    /**
     * Adds to a sum the inverse of {@link #rotateTwice}: sum[i] becomes fma(s_i y_i, factor, sum[i]) for y = H (s' H
     * x).
     *
     * @param x overwritten; its final content is unspecified
     */
    default void addInverseTwice(
            MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset) {
        hadamard(x, n);
        rotate(x, 0, n, signWords, 1, 1, x);
        addSigned(x, n, signWords, factor, sum, sumOffset);
    }

    /**
     * Sets sum[i] to fma(s_i x_i, factor, sum[i]) for the signs s of round 0, for any {@code n} up to the size of the
     * block.
     */
    void addSigned(MemorySegment x, int n, MemorySegment signWords, float factor, MemorySegment sum, long sumOffset);

    /** Sets scaled[i] to factor times the i-th coordinate from byte {@code offset} of x. May be in place. */
    void scale(MemorySegment x, long offset, int n, float factor, MemorySegment scaled);

    /** Replaces x[i] by x_i^2. */
    void square(MemorySegment x, int n);

    /** Sets sum[i] to fma(x_i, factor, sum[i]), for any {@code n}. */
    void addScaled(MemorySegment x, int n, float factor, MemorySegment sum, long sumOffset);

    /**
     * Returns &lt;x, y&gt;, added in a fixed order. Within each run of {@value #SUM_RUN} coordinates lane i mod
     * {@value #SUM_LANES} sums by fma; lanes l, l + 16, l + 32, l + 48 fold to (a + b) + (c + d) in float32; the
     * remaining 16 are added in double in ascending order, and so are the runs.
     */
    double dot(MemorySegment x, MemorySegment y, int n);

    /**
     * Sets indices[i] to the codebook's index of fma(x_i, scale, shift).
     *
     * @param shift 0 for codebooks of more than {@value #MOST_SHIFTED_BITS} bits
     */
    void quantize(MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices);

    /**
     * Packs indices "vertically", little endian. With L = min(16, n / 32) lanes, each group of 32 L coordinates fills
     * {@code bits} rows of L words: coordinate L k + l of the group occupies bits [k bits, (k + 1) bits) of lane l's
     * words.
     */
    void pack(MemorySegment indices, int n, int bits, MemorySegment payload, long payloadOffset);

    /** Sets centroids[i] to the signed centroid of the i-th packed index. */
    void unpack(MemorySegment payload, long payloadOffset, int n, Codebook codebook, MemorySegment centroids);

    /** Sets indices[i] to the i-th packed index. */
    void unpackIndices(MemorySegment payload, long payloadOffset, int n, int bits, MemorySegment indices);

    /** Replaces each index by its signed centroid. */
    void lookUp(MemorySegment indices, int n, Codebook codebook);

    /**
     * Performs {@link #quantize} without a shift, {@link #pack}, {@link #lookUp}, and returns the {@link #dot} of x and
     * the centroids.
     *
     * @param indices room for n ints; its final content is unspecified
     */
    double quantizeAndPack(
            MemorySegment x, int n, float scale, float shift, Codebook codebook, MemorySegment indices,
            MemorySegment payload, long payloadOffset);

    /** Returns new loops of trellis and entropy coding of the same kind. */
    CodingKernels coding();

    /** Returns the number of lanes of the packed form of a block. */
    static int packLanes(int n) {
        return Math.min(16, n / 32);
    }

    /** Returns the number of words {@link #signWords} writes for a round of a block: a multiple of 64. */
    static int signWordCount(int n) {
        int groups = (n + SIGN_GROUP - 1) / SIGN_GROUP;
        return (groups + 3 & -4) * 16;
    }
}
