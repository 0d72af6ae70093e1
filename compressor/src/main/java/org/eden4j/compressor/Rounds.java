package org.eden4j.compressor;

import java.lang.foreign.MemorySegment;

/**
 * How many times a block is multiplied by random signs and transformed.
 *
 * <p>One round leaves the "unbiased" estimate biased for spiky inputs: the sparse vector (2,1) at one bit keeps a squared
 * bias of .25 |x|^2, and averaging over workers stops helping. Two rounds match a uniform rotation for scalar quantizers
 * (Ben-Basat, Kuszmaul, Mitzenmacher, Portnoy, Vargaftik, arXiv 2605.06014) except in small blocks, where odd powers of
 * two still leave 3e-4 at 128 and 6e-5 at 512; three rounds bring that below 1e-5.
 */
public enum Rounds {
    /** Three up to and including 512 coordinates, two above. */
    DEFAULT,
    /** One: for experiments. */
    ONE,
    /** Two. */
    TWO,
    /** Three. */
    THREE,
    /** One where the block's moments show that one is enough, else the default; the payload says which. */
    AUTO;

    /** The largest block that gets three rounds by default, in coordinates. */
    static final int THREE_UP_TO = 512;
    /** What {@link #AUTO} allows one round to cost in squared bias, relative to |x|^2: a tenth of the promised 1e-5. */
    static final double TOLERATED_SQUARED_BIAS = 1e-6;

    /** The number of rounds for a block of {@code size} coordinates: 1, 2 or 3. */
    int forBlock(int size) {
        return switch (this) {
            case ONE -> 1;
            case TWO -> 2;
            case THREE -> 3;
            case DEFAULT, AUTO -> size <= THREE_UP_TO ? 3 : 2;
        };
    }

    /**
     * Whether one round leaves less than {@link #TOLERATED_SQUARED_BIAS} in this block.
     *
     * <p>After one round each coordinate is a sum of x_i with random signs. For |x| = 1 let W be that sum without the i-th
     * term, of variance 1 - x_i^2; at one bit the estimate's i-th coordinate has a mean proportional to
     * E sign(x_i + W) = 2 phi(0) x_i (1 + x_i^2 / 2 - x_i^2 / 6 + terms that are the same for all i or of fourth order).
     * With the unbiased scale, which fixes &lt;x^, x&gt; = |x|^2, that leaves
     *
     * <pre>
     * bias_i = x_i (x_i^2 - m4) / 3,   |bias|^2 = (m6 - m4^2) / 9 &lt;= max_i x_i^2 m4 / 9
     * </pre>
     *
     * where m_k is the sum of x_i^k. More bits leave less. Takes O(d).
     *
     * @param x float32[n]
     * @param exponent the binary exponent of the largest magnitude
     * @param powers float32[n], overwritten
     */
    static boolean oneIsEnough(Kernels kernels, MemorySegment x, int n, int exponent, MemorySegment powers) {
        kernels.scale(x, n, Math.scalb(1f, -exponent), powers);
        double largest = Float.intBitsToFloat(kernels.maxAbsBits(powers, n));
        double squaredNorm = kernels.dot(powers, powers, n);
        kernels.square(powers, n);
        double m4 = kernels.dot(powers, powers, n) / (squaredNorm * squaredNorm);
        return largest * largest / squaredNorm * m4 / 9 <= TOLERATED_SQUARED_BIAS;
    }

    /** The word for it in a method's text form; the default has none. */
    String text() {
        return switch (this) {
            case DEFAULT -> "";
            case ONE -> "1";
            case TWO -> "2";
            case THREE -> "3";
            case AUTO -> "auto";
        };
    }
}
