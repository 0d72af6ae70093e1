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
 * admissible if it is made by input bits u as
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
 * the same number of bits. A lane is <i>open</i>, with input bits of zero before its first step, or <i>closed</i>: a circle, whose last
 * input bits come before its first step as well, so that no step has fewer subsets to choose among than the others.
 *
 * <p><b>The search</b> is the Viterbi algorithm, for several parts of a lane side by side. A lane is one arc, or from {@value
 * #SPLIT_FROM} steps on two of half its length. Metrics of an arc begin {@link Trellis#lead} steps before it, about ten times what a
 * state remembers (in a circle, if need be more than once around), all of them equal; those of the first arc of an open lane begin with
 * the arc, in state 0. Of two paths with one metric that of the lower state before stays, and at the end that in the lower state. The way
 * back through an arc begins in the state of the least metric and finds input bits and the state in which the arc begins. That is the
 * state in which the arc before should end:
 *
 * <ul>
 * <li>The one arc of a closed lane is searched again, by metrics that begin and a way back that begins in this state.
 * <li>Of two arcs ways back are gone again, from the state in which the next arc began the time before (the last arc of an open lane
 * from the least metric), until both begin in the states in which they began before, at most {@value #MOST_WAYS} times in all. Two
 * ways from different states have mostly come together after a hundred steps, so that two or three times are enough.
 * </ul>
 *
 * <p>Subsets follow from input bits, so the sequence is admissible even where that fails.
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
    /** Steps after which the metric of state 0 is subtracted from all, so that none leaves 16 bits. */
    int METRIC_RUN = 4;
    /** Times that ways back are gone through two arcs. */
    int MOST_WAYS = 8;
    /** Steps from which on a lane is two arcs. */
    int SPLIT_FROM = 128;
    /** The metric of states that a lane does not begin in: more than six steps to any state can take. */
    int FAR = 17_400;
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

        /** Steps by which metrics begin before an arc. */
        int lead() {
            return memory <= 3 ? 32 : 64;
        }

        /** The bit of the state that goes into z1, beside its last. */
        int tap() {
            return tap;
        }

        /** The bit of the state that z0 is, or one of two whose sum it is. */
        int first() {
            return first;
        }

        /** The other one, if there is one. */
        int second() {
            return second;
        }

        /** Whether z0 is the sum of two bits. */
        boolean hasSecond() {
            return second != ABSENT;
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

    /** Steps of an arc of a lane of so many. */
    static int arcSteps(int steps) {
        return steps < SPLIT_FROM ? steps : steps / 2;
    }

    /**
     * points[i] becomes the integer of the admissible sequence that is nearest to v = min(max(4 quarter y[i], -4 limit), 4
     * limit), as the search finds it; lanes are open. With g = 512 (v/4 - rint(v/4)), rounded towards 0, a step's squared
     * distances to the nearest integers of the residues 0 to 3, less that of residue 0, are
     *
     * <pre>
     * 0,   min(64 - g, 576 + 3 g),   256 - 2 |g|,   min(64 + g, 576 - 3 g)
     * </pre>
     *
     * @param quarter a quarter of the factor that brings y to steps of the lattice
     * @param limit a quarter of the largest magnitude in steps
     * @param trellis of 8 or 32 states
     */
    void latticeTrellis(Trellis trellis, MemorySegment y, int n, float quarter, float limit, MemorySegment points);

    /**
     * points[i] becomes the point of the nearest admissible sequence to the float32 products z = scale y[i], indices[i] its index as
     * an int32, see {@link TrellisCodebook}; lanes are closed. Distances are rounded to integers; of two points of a subset the
     * lower one is taken on the boundary.
     */
    void codebookTrellis(
            TrellisCodebook codebook, MemorySegment y, int n, float scale, MemorySegment indices, MemorySegment points);

    /** points[i] becomes the point of indices[i], given the input bits before it in its lane. May be in place. */
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
