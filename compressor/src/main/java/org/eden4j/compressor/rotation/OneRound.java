package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Whether one round of signs and Hadamard transform leaves a squared bias below {@value #TOLERATED} |x|^2 in a block, by an
 * O(d) look at it: what {@code HadamardRounds.AUTO} asks. Two things can go wrong; let |x| = 1.
 *
 * <p><b>Few large coordinates.</b> After one round each coordinate is a sum of all x_i with random signs. Let W be that sum
 * without the i-th term, of variance 1 - x_i^2; at one bit the estimate's i-th coordinate has a mean proportional to
 * E sign(x_i + W) = 2 phi(0) x_i (1 + x_i^2 / 2 - x_i^2 / 6 + terms that are the same for all i or of fourth order). With
 * the unbiased scale, which fixes &lt;x^, x&gt; = 1, that leaves
 *
 * <pre>
 * bias_i = x_i (x_i^2 - m4) / 3,   |bias|^2 = (m6 - m4^2) / 9 &lt;= max_i x_i^2 m4 / 9
 * </pre>
 *
 * where m_k is the sum of x_i^k.
 *
 * <p><b>Coordinates that are nearly all multiples of one number h</b>, such as +-1 with one of .99 among them. Their sums
 * stand on a lattice, and which of them is above zero depends on the few others out of proportion: that example keeps 1/d.
 * In E sign(x_i + W), an integral of sin(t x_i) / t times the characteristic function prod cos(t x_j) of W, this is a second
 * peak at t = pi / h, of squared height exp(-S) with S &gt;= sum sin^2(t x_j). It leaves
 *
 * <pre>
 * |bias|^2 = .4 h^2 S exp(-S)
 * </pre>
 *
 * (nothing at S = 0: if all are multiples, their estimates are in proportion). As sin^2(t x) &gt;= (2 x / h)^2 up to |x| = h / 2,
 * it is small for every h if for every r = h / 2 the coordinates up to r are many enough:
 *
 * <pre>
 * sum of x_i^2 over |x_i| &lt;= r   &gt;=   r^2 ln(r^2 / 6.25e-8)   for all r &gt;= .00125
 * </pre>
 *
 * and smaller r do no harm. Normal and Laplace distributed blocks of 4096 pass; blocks of equal magnitudes never do. More
 * bits leave less of either kind. Mutable scratch, not thread-safe.
 */
public final class OneRound {
    /** A tenth of the squared bias that is promised. */
    static final double TOLERATED = 1e-6;

    private static final double SMALLEST_SQUARED_RADIUS = 1.5625e-6;
    private static final double HARMLESS_SQUARED_RADIUS = 6.25e-8;
    /** The squares of the block are scaled to below 4 = 2^2. */
    private static final int TOP_EXPONENT = 1;

    /** Of the squares with each binary exponent, from the lowest that matters, and all below it, up to the top one. */
    private final double[] energies = new double[64];

    /**
     * @param x float32[n] from byte {@code offset}, not all zero
     * @param exponent the binary exponent of the largest magnitude
     * @param squares float32[n], overwritten
     */
    public boolean isEnough(
            Kernels kernels, MemorySegment x, long offset, int n, int exponent, MemorySegment squares) {
        kernels.scale(x, offset, n, Math.scalb(1f, -exponent), squares);
        double largest = Float.intBitsToFloat(kernels.maxAbsBits(squares, 0, n));
        double squaredNorm = kernels.dot(squares, squares, n);
        kernels.square(squares, n);
        double m4 = kernels.dot(squares, squares, n) / (squaredNorm * squaredNorm);
        return largest * largest / squaredNorm * m4 / 9 <= TOLERATED && standsOnNoLattice(squares, n, squaredNorm);
    }

    private boolean standsOnNoLattice(MemorySegment squares, int n, double squaredNorm) {
        int lowest = Math.min(TOP_EXPONENT, Math.getExponent(SMALLEST_SQUARED_RADIUS * squaredNorm) - 1);
        Arrays.fill(energies, 0);
        for (int i = 0; i < n; i++) {
            float square = squares.getAtIndex(ScalarKernels.FLOAT, i);
            energies[Math.max(0, Math.getExponent(square) - lowest + 1)] += square;
        }
        double below = 0;
        for (int e = lowest; e <= TOP_EXPONENT; e++) {
            below += energies[e - lowest];
            double squaredRadius = Math.scalb(1.0, e + 1);
            double relative = squaredRadius / squaredNorm;
            if (below < squaredRadius * StrictMath.log(relative / HARMLESS_SQUARED_RADIUS)) {
                return false;
            }
        }
        return true;
    }
}
