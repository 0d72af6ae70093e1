package org.eden4j.compressor.kernel;

/**
 * An approximation by {@value #SEGMENTS} line segments that yields the codebook boundary nearest to a magnitude; the
 * vector quantizer starts from it.
 *
 * <p>Let T(a) be the number of the codebook's positive boundaries up to a, made continuous: T(0) = 0, T = k at the
 * k-th, linear in between. It is smooth and close to the cumulative distribution of N(0, 3) (Panter and Dite, 1951).
 * While the line of a segment differs from T by less than 1/2, the line at a, rounded, is one of the two boundaries
 * around a, and one comparison with that boundary determines the index:
 *
 * <pre>
 * index = guess,  less 1 if a is not above boundary[guess]
 * </pre>
 *
 * <p>The constructor verifies the difference wherever it can be largest.
 */
final class Companding {
    /** Number of line segments from 0 to the highest boundary. */
    static final int SEGMENTS = 16;
    /** A float below 2^22 plus this has no room for a fraction: its low bits are the nearest integer. */
    static final float NO_FRACTION = 0x1p23f;
    /** The bits of a guess within the integers made in this way. */
    static final int GUESS_BITS = 127;

    private static final double LARGEST_DIFFERENCE = .49;

    private final float top;
    private final float segmentsPerUnit;
    private final int[] slopes;
    private final int[] offsets;
    private final int[] limits;

    /** @param boundaries the positive boundaries in ascending order, at least 15 */
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

    /** Fits the chord of T over a segment, shifted so that the largest errors above and below are equal. */
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

    /** Returns T(a). */
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

    /**
     * Returns limit[0] = 0 and limit[k] = the float after the k-th boundary, as bits: a - limit[k] is negative if a is
     * not above it.
     */
    private static int[] limits(float[] boundaries) {
        int[] limits = new int[boundaries.length + 1];
        for (int k = 0; k < boundaries.length; k++) {
            limits[k + 1] = Float.floatToRawIntBits(boundaries[k]) + 1;
        }
        return limits;
    }

    /** Returns the bits of the highest boundary, to which larger magnitudes are clamped. */
    int top() {
        return Float.floatToRawIntBits(top);
    }

    /** Returns the factor that maps a magnitude, after rounding, to its segment. */
    float segmentsPerUnit() {
        return segmentsPerUnit;
    }

    /** Returns the slopes of the lines, as float bits. */
    int[] slopes() {
        return slopes;
    }

    /** Returns the values of the lines at 0, as float bits. */
    int[] offsets() {
        return offsets;
    }

    /** Returns a {@link RegisterTable} of the smallest float above each boundary, as bits, with 0 before the first. */
    int[] limits() {
        return limits;
    }
}
