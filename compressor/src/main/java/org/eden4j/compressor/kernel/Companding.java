package org.eden4j.compressor.kernel;

/**
 * A guess, from {@value #SEGMENTS} straight lines, at the boundary of a codebook that is nearest to a magnitude: what the
 * vector quantizer starts from.
 *
 * <p>Let T(a) be the number of the codebook's positive boundaries up to a, made continuous: T(0) = 0, T = k at the k-th,
 * linear between two. It is nearly the cumulative distribution of N(0, 3) (Panter and Dite, 1951), and smooth. While the
 * line of a segment differs from T by less than 1/2, the line at a, rounded, is one of the two boundaries that a lies
 * between, and one comparison with that boundary settles the index:
 *
 * <pre>
 * index = guess,  less 1 where a is not above boundary[guess]
 * </pre>
 *
 * The constructor checks the difference wherever it can be largest.
 */
final class Companding {
    /** Straight lines from 0 to the highest boundary. */
    static final int SEGMENTS = 16;
    /** A float below 2^22 plus this has no room for a fraction: its low bits are the nearest integer. */
    static final float NO_FRACTION = 0x1p23f;
    /** Of the integers so made, the bits of a guess. */
    static final int GUESS_BITS = 127;

    private static final double LARGEST_DIFFERENCE = .49;

    private final float top;
    private final float segmentsPerUnit;
    private final int[] slopes;
    private final int[] offsets;
    private final int[] limits;

    /** @param boundaries the positive ones, ascending, at least 15 */
    Companding(float[] boundaries) {
        top = boundaries[boundaries.length - 1];
        segmentsPerUnit = (float) ((SEGMENTS - .51) / top);
        int[] slopeBits = new int[SEGMENTS];
        int[] offsetBits = new int[SEGMENTS];
        for (int segment = 0; segment < SEGMENTS; segment++) {
            fit(boundaries, segment, slopeBits, offsetBits);
        }
        slopes = slopeBits;
        offsets = offsetBits;
        limits = RegisterTable.of(limits(boundaries));
    }

    /** The chord of T over a segment, moved so that it is off by as much above as below. */
    private void fit(float[] boundaries, int segment, int[] slopeBits, int[] offsetBits) {
        double low = Math.max(0, (segment - .5) / segmentsPerUnit);
        double high = Math.min(top, (segment + .5) / segmentsPerUnit);
        double slope = (count(boundaries, high) - count(boundaries, low)) / (high - low);
        double least = 0;
        double most = 0;
        for (float boundary : boundaries) {
            if (boundary > low && boundary < high) {
                double above = count(boundaries, boundary) - count(boundaries, low) - slope * (boundary - low);
                least = Math.min(least, above);
                most = Math.max(most, above);
            }
        }
        if ((most - least) / 2 > LARGEST_DIFFERENCE) {
            throw new AssertionError("line " + segment + " is off by " + (most - least) / 2 + " of a boundary");
        }
        slopeBits[segment] = Float.floatToRawIntBits((float) slope);
        offsetBits[segment] = Float.floatToRawIntBits(
                (float) (count(boundaries, low) - slope * low + (most + least) / 2));
    }

    /** T(a). */
    private static double count(float[] boundaries, double a) {
        int k = 0;
        while (k < boundaries.length && boundaries[k] <= a) {
            k++;
        }
        if (k == boundaries.length) {
            return k;
        }
        double below = k == 0 ? 0 : boundaries[k - 1];
        return k + (a - below) / (boundaries[k] - below);
    }

    /** limit[0] = 0 and limit[k] = the float after the k-th boundary, as bits: a - limit[k] is negative where a is not above. */
    private static int[] limits(float[] boundaries) {
        int[] limits = new int[boundaries.length + 1];
        for (int k = 0; k < boundaries.length; k++) {
            limits[k + 1] = Float.floatToRawIntBits(boundaries[k]) + 1;
        }
        return limits;
    }

    /** Magnitudes above are guessed as this one: the bits of the highest boundary. */
    int top() {
        return Float.floatToRawIntBits(top);
    }

    /** What makes a magnitude, rounded, the number of its segment. */
    float segmentsPerUnit() {
        return segmentsPerUnit;
    }

    /** The lines' slopes, as float bits. */
    int[] slopes() {
        return slopes;
    }

    /** The lines' values at 0, as float bits. */
    int[] offsets() {
        return offsets;
    }

    /** {@link RegisterTable} of the lowest float, as bits, that is above each boundary, with 0 before the first. */
    int[] limits() {
        return limits;
    }
}
