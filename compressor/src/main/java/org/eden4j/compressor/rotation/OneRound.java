package org.eden4j.compressor.rotation;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.kernel.Kernels;
import org.eden4j.compressor.kernel.ScalarKernels;

/**
 * Decides in O(d) whether one round of signs and Hadamard transform leaves a squared bias below {@value #TOLERATED}
 * |x|^2 in a block; used by {@code HadamardRounds.AUTO}. There are two causes of bias; let |x| = 1.
 *
 * <p><b>A few large coordinates.</b> After one round each coordinate is a sum of all x_i with random signs. Let W be
 * that sum without the i-th term, of variance 1 - x_i^2. At one bit the mean of the estimate's i-th coordinate is
 * proportional to E sign(x_i + W) = 2 phi(0) x_i (1 + x_i^2 / 2 - x_i^2 / 6 + terms that are the same for all i or of
 * fourth order). With the unbiased scale, for which &lt;x^, x&gt; = 1, the bias is
 *
 * <pre>
 * bias_i = x_i (x_i^2 - m4) / 3,   |bias|^2 = (m6 - m4^2) / 9 &lt;= max_i x_i^2 m4 / 9
 * </pre>
 *
 * <p>where m_k is the sum of x_i^k.
 *
 * <p><b>Coordinates nearly all of which are multiples of one number h</b>, such as +-1 with one of .99 among them.
 * Their sums lie on a lattice, and the few other coordinates have a disproportionate effect on which of the sums are
 * positive: that example has a squared bias of 1/d. In E sign(x_i + W), an integral of sin(t x_i) / t times the
 * characteristic function prod cos(t x_j) of W, this is a second peak at t = pi / h, of squared height exp(-S) with S
 * &gt;= sum sin^2(t x_j). Its bias is
 *
 * <pre>
 * |bias|^2 = .4 h^2 S exp(-S)
 * </pre>
 *
 * <p>(zero at S = 0: if all are multiples of h, their estimates are in proportion). Since sin^2(t x) &gt;= (2 x / h)^2
 * up to |x| = h / 2, the bias is small for every h if there are enough coordinates up to r, for every r = h / 2:
 *
 * <pre>
 * sum of x_i^2 over |x_i| &lt;= r   &gt;=   r^2 ln(r^2 / 6.25e-8)   for all r &gt;= .00125
 * </pre>
 *
 * <p>Smaller r are harmless. Blocks of 4096 with a normal or Laplace distribution pass; blocks of equal magnitudes
 * never do. More bits leave less of either bias. Mutable scratch memory, not thread-safe.
 */
public final class OneRound {
    /** A tenth of the guaranteed bound of the squared bias. */
    static final double TOLERATED = 1e-6;

    private static final double SMALLEST_SQUARED_RADIUS = 1.5625e-6;
    private static final double HARMLESS_SQUARED_RADIUS = 6.25e-8;
    /** The squares of the block are scaled to below 4 = 2^2. */
    private static final int TOP_EXPONENT = 1;

    /**
     * Sums of the squares by binary exponent, from the lowest that matters (with everything below it) to the highest.
     */
    private final double[] energies = new double[64];

    /**
     * Decides for one block.
     *
     * @param x float32[n] from byte {@code offset}, not all zero
     * @param exponent binary exponent of the largest magnitude
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
