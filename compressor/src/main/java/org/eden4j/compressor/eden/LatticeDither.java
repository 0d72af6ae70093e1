package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * A random shift of a block's rotated coordinates before their centroids are chosen, the same for all of them: what keeps
 * the unbiased estimate unbiased where few coordinates dominate the block.
 *
 * <p><b>Why.</b> After two rounds the coordinates of a one-hot block, brought to unit variance, are sums of d signs divided by
 * sqrt(d): multiples of h = 2 / sqrt(d), a share P(0) = h / sqrt(2 pi) of them exactly zero. With a tiny rest beside the large
 * coordinate, z = s + r with s on that lattice and |r| far below its step. Where s = 0 the sign of r alone decides the
 * centroid, so that E[c(z) | r] = E[c(s)] + P(0) c_1 sign(r) + ...: a jump, however small r is, where a uniform rotation would
 * give density(0) 2 c_1 r. The rest is overestimated, at 1,024 coordinates 12 to 25 times, and its error does not average away:
 * at one bit its square is P(0)^2 |x|^2. Two equal coordinates make a lattice of step sqrt(2) h, six one of .82 h, k random ones
 * with k even 2 h / sqrt(k); four, or eight, at the places of a subgroup of the Hadamard matrix's rows mix steps of h and 2 h.
 *
 * <p><b>Cure.</b> With u uniform of the width of a step, E_u[c(s + r + u)] is c convolved with a box of that width. For
 * any |r| it grows with r as a straight line across the boundary, by 2 c_1 r / h at s = 0; and P(0) / h is that of the normal
 * density. So the jump becomes the slope that the uniform rotation has. For a lattice of another step g the slope is off by 2 sum
 * of sinc(k h / g) over k; the sum of two uniform numbers, of widths h and sqrt(2) h, multiplies the sincs, and is exact for
 * both steps. The expectation is one coordinate's, so a single u serves the block: it moves the boundaries, and costs no time.
 * The scale is computed from the coordinates without u: &lt;x^, x&gt; = |x|^2 holds for every seed as before. Decoder and
 * payload format do not know of it. After three rounds the steps are multiples of 4 / d, and h = 8 / d.
 *
 * <p><b>Cost.</b> A shift of variance v adds about v / D to the error, relative to it. Where the most squared bias without,
 * 1.4 / d |x|^2 at one bit and by the square of the smallest centroid less at others, is above {@value #MUCH} |x|^2, all blocks
 * get both uniform numbers, v = h^2 / 4, if that is at most a hundredth of D, or the first alone, v = h^2 / 12, if that is. Elsewhere,
 * down to {@value #HARMLESS} |x|^2, so that 4 bits pay nothing, only blocks do whose largest coordinate has at least {@value #DOMINANT_SHARE}
 * of the squared norm, and up to a twentieth of D; that is a fifth of lognormal blocks of 1,024, whose error grows by .7 % on average, normal ones never have so much from 512 on. With other codings than
 * the fixed one all but such blocks go without.
 *
 * <p><b>What is left.</b> With the default rounds and up to 4 bits |E x^ - x|^2 is at most 3e-5 |x|^2 for any block of 128
 * coordinates and more: three times the most that a search found (its program is {@code WorstInputs} among the tests), 1.0e-5 for
 * sixteen equal coordinates and a rest of a thousandth of their norm at 4 bits and d = 1,024, 8e-6 for four at one bit. At five
 * bits a lattice can meet other boundaries than zero, and a shift would cost an eighth of the error: two equal coordinates keep
 * 4.1e-5 at d = 1,024, and the bound is 1.3e-4. From six bits up it is 3e-6.
 *
 * <p>Mutable, not thread-safe.
 */
final class LatticeDither {
    private static final long PURPOSE = 0x446974686572L;
    private static final double HARMLESS = 2.5e-6;
    private static final double MUCH = 2e-5;
    /** The most squared bias of one bit without a shift, times d after two rounds, times d^2 after three: as measured. */
    private static final double WORST_OF_TWO = 1.4;
    private static final double WORST_OF_THREE = 12.5;
    private static final double SMALL_COST = .01;
    private static final double LARGEST_COST = .05;
    private static final double DOMINANT_SHARE = .14;
    private static final int SIZES = Integer.SIZE;

    private final SplitMix random = new SplitMix();
    /** By the logarithm of the size, as far as they were asked for. */
    private final Width[] widths = new Width[SIZES];
    private final RotatedMethod method;

    LatticeDither(RotatedMethod method) {
        this.method = method;
    }

    /**
     * Which shift blocks of one size get.
     *
     * @param first width of one uniform number, 0 if there is none
     * @param second width of the other, 0 if there is none
     * @param firstAlways whether all blocks get the first, not only those that one coordinate dominates
     * @param secondAlways likewise the second
     */
    record Width(double first, double second, boolean firstAlways, boolean secondAlways) {
        static final Width NONE = new Width(0, 0, true, true);

        static Width of(RotatedMethod method, double bits, int size) {
            int rounds = method.rounds().forBlock(size);
            if (method.scale() != ScaleRule.UNBIASED || method.rotation() != RotationKind.HADAMARD || rounds == 1) {
                return NONE;
            }
            int floor = Math.max(1, (int) bits);
            double centroid = Codebook.ofBits(floor).centroids()[0] / Codebook.ofBits(1).centroids()[0];
            double worst = rounds == 2 ? WORST_OF_TWO / size : WORST_OF_THREE / size / size;
            double bias = worst * centroid * centroid;
            double step = rounds == 2 ? 2 / Math.sqrt(size) : 8.0 / size;
            double cost = step * step / 12 / method.coding().rules().distortion(Math.max(1, bits));
            if (bias <= HARMLESS && method.coding() == Coding.FIXED || cost > LARGEST_COST) {
                return NONE;
            }
            if (method.coding() != Coding.FIXED) {
                return new Width(step, 0, false, false);
            }
            double both = 3 * cost;
            return new Width(step, both <= LARGEST_COST ? Math.sqrt(2) * step : 0, bias > MUCH && cost <= SMALL_COST,
                    bias > MUCH && both <= SMALL_COST);
        }

        /** Of the shift of a block that no coordinate dominates. */
        double variance() {
            return ((firstAlways ? first * first : 0) + (secondAlways ? second * second : 0)) / 12;
        }
    }

    /**
     * The shift of a block's coordinates of unit variance, 0 if it gets none.
     *
     * @param size coordinates of the block, a power of two
     * @param largest the largest magnitude of the block
     * @param squaredNorm the squared norm of the block, in the same unit
     */
    float shift(int size, double largest, double squaredNorm, long seed) {
        Width width = width(size);
        boolean dominated = largest * largest >= DOMINANT_SHARE * squaredNorm;
        double first = width.firstAlways || dominated ? width.first : 0;
        double second = width.secondAlways || dominated ? width.second : 0;
        if (first == 0) {
            return 0;
        }
        random.reset(seed, PURPOSE);
        return (float) ((random.nextDouble() - .5) * first + (random.nextDouble() - .5) * second);
    }

    private Width width(int size) {
        int log = Integer.numberOfTrailingZeros(size);
        if (widths[log] == null) {
            widths[log] = Width.of(method, method.bits(), size);
        }
        return widths[log];
    }
}
