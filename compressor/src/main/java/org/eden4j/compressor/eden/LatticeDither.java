package org.eden4j.compressor.eden;

import java.lang.foreign.MemorySegment;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * Noise of one lattice step, added to the rotated coordinates of a block in which one coordinate dominates, before their
 * centroids are chosen: what keeps the unbiased estimate unbiased there.
 *
 * <p><b>Why.</b> After two rounds the coordinates of a one-hot block, brought to unit variance, are sums of d signs divided by
 * sqrt(d): multiples of 2 / sqrt(d), a share P(0) = 2 / sqrt(2 pi d) of them exactly zero. With a tiny rest beside the large
 * coordinate, z = s + r with s on that lattice and |r| far below its step. Where s = 0 the sign of r alone decides the
 * centroid, so that E[c(z) | r] = E[c(s)] + P(0) c_1 sign(r) + ...: a jump, however small r is, where a uniform rotation would
 * give density(0) 2 c_1 r. The rest is overestimated, at 1,024 coordinates 12 to 25 times, and its error does not average away.
 *
 * <p><b>Cure.</b> With u uniform of the width h of a step, E_u[c(s + r + u)] is c convolved with a box of that width. For
 * any |r| it grows with r as a straight line across the boundary, by 2 c_1 r / h at s = 0; and P(0) / h is that of the normal
 * density. So the jump becomes the slope that the uniform rotation has. The scale is computed from the coordinates without
 * noise: &lt;x^, x&gt; = |x|^2 holds for every seed as before. Decoder and payload format do not know of it.
 *
 * <p><b>Cost.</b> The noise has the variance h^2 / 12 = 1 / (3 d). It is added only where that is at most a twentieth of the
 * distortion D (up to 2 bits at 128 coordinates, 4 at 1,024, 5 at 4,096), and where the largest coordinate has at least a fifth of
 * the squared norm: no block of independent normal coordinates has from 128 on. The vNMSE of such a block grows by up to 7 % (two
 * equal spikes, 4 bits, 1,024 coordinates). At more bits the step of the codebook about zero, whose square the bias is
 * proportional to, is so small that the bias without noise is below 2e-5.
 *
 * <p><b>What is left.</b> Over the inputs of {@code DominatedBlockTest}, at 1, 2 and 4 bits and 128 to 4,096 coordinates,
 * |E x^ - x|^2 is at most 1e-5 |x|^2 from 1,024 coordinates on and 1e-4 |x|^2 below where noise is added. Five to eight equal
 * coordinates with a rest of a thousandth of the norm, none of which has a fifth of it, get no noise and keep up to 3.0e-4 at one
 * bit and 4.9e-5 at two (1,024 coordinates). Those inputs are a list, not the worst there are. Mutable, not thread-safe.
 */
final class LatticeDither {
    private static final long PURPOSE = 0x446974686572L;
    private static final double DOMINANT_SHARE = .2;
    private static final double LARGEST_COST = .05;

    private final SplitMix random = new SplitMix();

    /**
     * @param largest the largest magnitude of the block
     * @param squaredNorm the squared norm of the block, in the same unit
     */
    static boolean helps(RotatedMethod method, int size, double largest, double squaredNorm) {
        return largest * largest >= DOMINANT_SHARE * squaredNorm && method.scale() == ScaleRule.UNBIASED
                && method.rotation() == RotationKind.HADAMARD && method.rounds().forBlock(size) > 1
                && 1 / (3.0 * size) <= LARGEST_COST * method.coding().rules().distortion(method.bits());
    }

    /**
     * @param y float32[size], unchanged
     * @param toUnitVariance brings y to unit variance
     * @param dithered float32[size] off the heap, becomes y with noise
     * @return dithered
     */
    MemorySegment add(MemorySegment y, int size, double toUnitVariance, long seed, MemorySegment dithered) {
        double step = 2 / Math.sqrt(size) / toUnitVariance;
        random.reset(seed, PURPOSE);
        for (int i = 0; i < size; i++) {
            double noise = (random.nextDouble() - .5) * step;
            dithered.setAtIndex(ScalarKernels.FLOAT, i, (float) (y.getAtIndex(ScalarKernels.FLOAT, i) + noise));
        }
        return dithered;
    }
}
