package org.eden4j.compressor.eden;

import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * A random shift of a block's rotated coordinates, common to all of them, before their centroids are chosen. It keeps
 * the unbiased estimate unbiased if a few coordinates dominate the block.
 *
 * <p><b>The problem.</b> After two rounds the coordinates of a one-hot block, scaled to unit variance, are sums of d
 * signs divided by sqrt(d): multiples of h = 2 / sqrt(d), and a share P(0) = h / sqrt(2 pi) of them is exactly zero.
 * With a tiny rest besides the large coordinate, z = s + r with s on that lattice and |r| far below its step. Where s =
 * 0 the sign of r alone determines the centroid, so E[c(z) | r] = E[c(s)] + P(0) c_1 sign(r) + ...: a jump, however
 * small r is, where a uniform rotation would give density(0) 2 c_1 r. The rest is overestimated, 12 to 25 times at
 * 1,024 coordinates, and its error does not average out: at one bit its square is P(0)^2 |x|^2. Two equal coordinates
 * have a lattice of step sqrt(2) h, six a lattice of step .82 h, and k random ones with k even 2 h / sqrt(k). Four or
 * eight coordinates at the indices of a subgroup of the Hadamard matrix's rows mix steps of h and 2 h.
 *
 * <p><b>The cure.</b> With u uniform over the width of a step, E_u[c(s + r + u)] is c convolved with a box of that
 * width. For any |r| it grows linearly in r across the boundary, by 2 c_1 r / h at s = 0, and P(0) / h is the normal
 * density. So the jump becomes the slope of the uniform rotation. For a lattice of another step g the slope is off by 2
 * sum of sinc(k h / g) over k; the sum of two uniform numbers, of widths h and sqrt(2) h, multiplies the sincs and is
 * exact for both steps. The expectation is that of a single coordinate, so one u serves the whole block: it moves the
 * boundaries and takes no time. The scale is computed from the coordinates without u, so &lt;x^, x&gt; = |x|^2 still
 * holds for every seed. Neither the decoder nor the payload format is affected. After three rounds the steps are
 * multiples of 4 / d, and h = 8 / d.
 *
 * <p><b>The cost.</b> A shift of variance v increases the error by a fraction of about v / D. The largest squared bias
 * without a shift is 1.4 / d |x|^2 at one bit, and smaller by the square of the smallest centroid at more bits. If it
 * exceeds {@value #MUCH} |x|^2, all blocks get both uniform numbers, v = h^2 / 4, provided v is at most D / 100, or
 * else the first alone, v = h^2 / 12, under the same condition. Otherwise, down to {@value #HARMLESS} |x|^2 (so that 4
 * bits cost nothing), only blocks whose largest coordinate has at least {@value #DOMINANT_SHARE} of the squared norm
 * get a shift, with v at most D / 20. These are a fifth of lognormal blocks of 1,024, whose mean error grows by .7 %;
 * normal blocks never have such a coordinate from 512 coordinates on. With codings other than the fixed one only such
 * blocks get a shift.
 *
 * <p><b>The remaining bias.</b> With the default rounds and up to 4 bits |E x^ - x|^2 is at most 3e-5 |x|^2 for any
 * block of at least 128 coordinates: three times the largest value found by a search ({@code WorstInputs} among the
 * tests), 1.0e-5 for sixteen equal coordinates and a rest of a thousandth of their norm at 4 bits and d = 1,024, and
 * 8e-6 for four at one bit. At five bits a lattice can hit boundaries other than zero, and a shift would cost an eighth
 * of the error: two equal coordinates keep 4.1e-5 at d = 1,024, and the bound is 1.3e-4. From six bits on it is 3e-6.
 *
 * <p>Mutable, not thread-safe.
 */
final class LatticeDither {
    private static final long PURPOSE = 0x446974686572L;
    private static final double HARMLESS = 2.5e-6;
    private static final double MUCH = 2e-5;
    /**
     * Largest squared bias at one bit without a shift, times d after two rounds and times d^2 after three, as measured.
     */
    private static final double WORST_OF_TWO = 1.4;
    private static final double WORST_OF_THREE = 12.5;
    private static final double SMALL_COST = .01;
    private static final double LARGEST_COST = .05;
    private static final double DOMINANT_SHARE = .14;
    private static final int SIZES = Integer.SIZE;

    private final SplitMix random = new SplitMix();
    /** Widths by the logarithm of the size, filled on demand. */
    private final Width[] widths = new Width[SIZES];
    private final RotatedMethod method;

    LatticeDither(RotatedMethod method) {
        this.method = method;
    }

    /**
     * The shift for blocks of one size.
     *
     * @param first width of the first uniform number, 0 for none
     * @param second width of the second uniform number, 0 for none
     * @param firstAlways whether all blocks get the first number, not only those dominated by one coordinate
     * @param secondAlways the same for the second number
     */
    record Width(double first, double second, boolean firstAlways, boolean secondAlways) {
        static final Width NONE = new Width(0, 0, true, true);

        static Width of(RotatedMethod method, double bits, int size) {
            int rounds = method.roundsOf(size);
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

        /** Returns the variance of the shift of a block that no coordinate dominates. */
        double variance() {
            return ((firstAlways ? first * first : 0) + (secondAlways ? second * second : 0)) / 12;
        }
    }

    /**
     * Returns the shift of a block's coordinates scaled to unit variance, 0 for none.
     *
     * @param size number of coordinates of the block, a power of two
     * @param largest largest magnitude of the block
     * @param squaredNorm squared norm of the block, in the same unit
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
