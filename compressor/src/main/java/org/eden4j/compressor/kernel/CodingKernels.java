package org.eden4j.compressor.kernel;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of trellis and entropy coding. {@link ScalarCoding} defines what each computes, {@link VectorCoding}
 * computes the same bits faster.
 *
 * <p>A block of n coordinates is {@value #LANES} lanes of n / {@value #LANES} steps each, side by side: coordinate 16 t + l is
 * step t of lane l. All segments are off the heap, their coordinates and points float32 from byte 0; n is a multiple of 128.
 *
 * <p><b>The trellis.</b> It says which of four subsets, numbered 0 to 3, each step of a lane is quantized in. A sequence of subsets is
 * admissible if it is made by input bits u, all zero before the first step, as
 *
 * <pre>
 * subset(t) = 2 z1 + z0,   8 states:   z0 = u(t-2),   z1 = u(t) ^ u(t-1) ^ u(t-3)
 *                          32 states:  z0 = u(t-3),   z1 = u(t) ^ u(t-2) ^ u(t-5)
 *                          64 states:  z0 = u(t-2) ^ u(t-4),   z1 = u(t) ^ u(t-1) ^ u(t-6)
 * </pre>
 *
 * the codes of Ungerboeck (IEEE Trans. Inf. Theory 28, 1982, table I, h0 = 13, 45 and 103, h1 = 04, 10 and 024) in their feed-forward
 * form; bit i of the state is u(t-1-i). So half of the subsets may follow each state. The distance between admissible sequences makes up for
 * it: quantizing to the nearest one (Marcellin and Fischer, IEEE Trans. Commun. 38, 1990) has 1 dB less error than rounding at
 * the same number of bits.
 *
 * <p>The subsets of the <i>lattice</i> are the integers k by k mod 4.
 */
public interface CodingKernels {
    /** Lanes of a block, whatever the width of vectors. */
    int LANES = 16;
    /** The least state of an rANS lane; states are below 2^31. */
    int LEAST_STATE = 1 << 15;
    /** Bytes by which the kernels read and write beyond both ends of words. */
    int WORD_MARGIN = 64;
    /** Metrics of paths through the lattice are in units of 1/64 of squared distance between integers. */
    int METRIC_UNITS = 64;
    /** Steps after which the least metric is subtracted from all, so that none leaves 16 bits. */
    int METRIC_RUN = 4;
    /** The metric of states that no lane begins in. */
    int FAR = 6000;
    /** 1.5 times 2^23: a float of moderate magnitude plus and minus this is the nearest integer. */
    float ROUND = 0x1.8p23f;

    /** Which subsets may follow. */
    enum Trellis {
        /** All may: there is one state. */
        NONE(0, 0, 0, 0),
        /** Of 8 states. */
        EIGHT(3, 0, 1, Trellis.ABSENT),
        /** Of 32 states. */
        THIRTY_TWO(5, 1, 2, Trellis.ABSENT),
        /** Of 64 states. */
        SIXTY_FOUR(6, 0, 1, 3);

        /** A bit that no state has. */
        private static final int ABSENT = Integer.SIZE - 1;

        private final int memory;
        private final int tap;
        private final int first;
        private final int second;

        Trellis(int memory, int tap, int first, int second) {
            this.memory = memory;
            this.tap = tap;
            this.first = first;
            this.second = second;
        }

        /** Their number. */
        public int states() {
            return 1 << memory;
        }

        /** Input bits that a state consists of. */
        int memory() {
            return memory;
        }

        /** The bit of the state that goes into z1, beside its last. */
        int tap() {
            return tap;
        }

        /** The bit of the state that z0 is, or one of two whose sum it is. */
        int first() {
            return first;
        }

        /** The other one, {@value #ABSENT} where there is none. */
        int second() {
            return second;
        }

        /** z0 of the step from a state: the subset's parity. */
        public int parity(int state) {
            return (state >> first ^ state >> second) & 1;
        }

        /** The subset of the step from a state with an input bit. */
        public int subset(int state, int input) {
            return 2 * ((input ^ state >> tap ^ state >> memory - 1) & 1) + parity(state);
        }

        /** The state after a step from a state in a subset, or in that of an integer. */
        public int next(int state, int subset) {
            int input = (subset >> 1 ^ state >> tap ^ state >> memory - 1) & 1;
            return (state << 1 | input) & states() - 1;
        }
    }

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
     * @param trellis of 8 or 32 states
     * @param work 8 n bytes
     */
    void latticeTrellis(
            Trellis trellis, MemorySegment y, int n, float quarter, float limit, MemorySegment work,
            MemorySegment points);

    /**
     * points[i] becomes the point of the nearest admissible sequence to the float32 products z = scale y[i], work[i] its index as
     * an int32, see {@link TrellisCodebook}. Distances are rounded towards that of subset 0; ties between paths as above; of two
     * points of a subset the lower one is taken on the boundary.
     *
     * @param work 8 n bytes
     */
    void codebookTrellis(
            TrellisCodebook codebook, MemorySegment y, int n, float scale, MemorySegment work, MemorySegment points);

    /** points[i] becomes the point of indices[i], given the input bits before it in its lane. */
    void codebookPoints(TrellisCodebook codebook, MemorySegment indices, int n, MemorySegment points);

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
     * @param paths states of the table's trellis, replaced: 0 before the first step
     * @param unit what points become per symbol
     * @return bytes that are left, or a negative number if they were too few
     */
    int ransDecode(
            MemorySegment words, int bytes, int n, RansTable table, int[] states, int[] paths, float unit,
            MemorySegment points);
}
