package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of trellis and entropy coding. {@link ScalarCoding} defines what each computes, {@link VectorCoding}
 * computes the same bits faster.
 *
 * <p>A block of n coordinates is {@value #LANES} lanes of n / {@value #LANES} steps each, side by side: coordinate 16 t + l is
 * step t of lane l. All segments are off the heap, their coordinates and points float32 from byte 0; n is a multiple of 128.
 *
 * <p><b>The lattice trellis.</b> A lane's sequence of integers k is admissible if it is made by input bits u, all zero before
 * the first step, as
 *
 * <pre>
 * k(t) mod 4 = 2 z1 + z0,   z0 = u(t-2),   z1 = u(t) ^ u(t-1) ^ u(t-3)
 * </pre>
 *
 * the 8-state code of Ungerboeck (IEEE Trans. Inf. Theory 28, 1982, table I, h0 = 13, h1 = 04) in its feed-forward form; the
 * state is u(t-1) + 2 u(t-2) + 4 u(t-3). So half of the integers may follow each state. The distance between admissible
 * sequences makes up for it: quantizing to the nearest one (Marcellin and Fischer, IEEE Trans. Commun. 38, 1990) has 1 dB less
 * error at the same entropy than rounding.
 */
public interface CodingKernels {
    /** Lanes of a block, whatever the width of vectors. */
    int LANES = 16;
    /** The least state of an rANS lane; states are below 2^31. */
    int LEAST_STATE = 1 << 15;
    /** Bytes by which the kernels read and write beyond both ends of words. */
    int WORD_MARGIN = 64;
    /** Metrics of paths are in units of 1/64 of squared distance between integers. */
    int METRIC_UNITS = 64;
    /** Steps after which the least metric is subtracted from all. */
    int METRIC_RUN = 64;
    /** The metric of states that no lane begins in. */
    int FAR = 6000;
    /** 1.5 times 2^23: a float of moderate magnitude plus and minus this is the nearest integer. */
    float ROUND = 0x1.8p23f;

    /**
     * points[i] becomes the integer of the admissible sequence that is nearest to v = min(max(4 quarter y[i], -4 limit), 4
     * limit), found by the Viterbi algorithm. With g = 512 (v/4 - rint(v/4)) as an integer, a step's squared distances to the
     * nearest integers of the residues 0 to 3, less that of residue 0, are
     *
     * <pre>
     * 0,   min(64 - g, 576 + 3 g),   256 - 2 |g|,   min(64 + g, 576 - 3 g)
     * </pre>
     *
     * Of two paths with one metric that of the lower state before stays, and at the end that in the lower state.
     *
     * @param quarter a quarter of the factor that brings y to steps of the lattice
     * @param limit a quarter of the largest magnitude in steps
     * @param work 4 n bytes
     */
    void latticeTrellis(MemorySegment y, int n, float quarter, float limit, MemorySegment work, MemorySegment points);

    /** points[i] becomes 1 where scale y[i] is above the threshold, -1 where it is below the negative threshold, else 0. */
    void deadZone(MemorySegment y, int n, float scale, float threshold, MemorySegment points);

    /**
     * Encodes the steps of all lanes from the last to the first, which is the order that lets {@link #ransDecode} go forward. A
     * lane whose state would leave 31 bits puts its low 16 bits behind the words, lanes of a step in ascending order.
     *
     * @param n a multiple of {@value #LANES}
     * @param states of the lanes, replaced
     * @param words little-endian, from byte {@value #WORD_MARGIN}
     * @return bytes of words
     */
    int ransEncode(MemorySegment points, int n, RansTable table, int[] states, MemorySegment words);

    /**
     * Decodes what {@link #ransEncode} made, taking words from the end. Whatever the bytes are, it takes n / 16 steps at most and
     * touches nothing else.
     *
     * @param words from byte {@value #WORD_MARGIN}
     * @param bytes of words, at least 0
     * @param states of the lanes, replaced
     * @param paths states of the trellis, replaced: 0 before the first step
     * @param unit what points become per symbol
     * @return bytes that are left, or a negative number if they were too few
     */
    int ransDecode(
            MemorySegment words, int bytes, int n, RansTable table, int[] states, int[] paths, float unit,
            MemorySegment points);
}
