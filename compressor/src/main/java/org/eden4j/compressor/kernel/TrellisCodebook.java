package org.eden4j.compressor.kernel;

import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * 2^(b+1) points for b bits per coordinate, half of which a {@link CodingKernels.Trellis} admits at each step. Point j,
 * in ascending order, belongs to subset j mod 4, and the trellis determines which two subsets may follow.
 *
 * <pre>
 * index of a coordinate:   input bit | j / 4
 *                          1 bit       b - 1 bits
 * </pre>
 *
 * <p>Metrics of paths are squared distances, in units such that two subsets differ by at most
 * {@value #LARGEST_DIFFERENCE} for coordinates within the outermost point or {@value #MEASURED_UP_TO}, whichever is
 * larger. Coordinates beyond are measured as if they were at that limit, and still get the nearest point. Sums then fit
 * 16 bits. Immutable.
 */
public final class TrellisCodebook {
    /** Most bits per coordinate. */
    public static final int MOST_BITS = 4;
    private static final int SUBSETS = 4;
    /** Number of ints in eight registers at the largest width; this class is also used without vectors. */
    private static final int EIGHT_REGISTERS = 128;
    /** Four steps, plus the six that lead from any state to any other, stay below 2^15. */
    private static final int LARGEST_DIFFERENCE = 2900;
    private static final float MEASURED_UP_TO = 3.5f;

    private final Trellis trellis;
    private final int bits;
    private final float[] points;
    private final float[][] boundaries;
    private final float limit;
    private final float metricUnits;
    private final float[] slopes;
    private final float[] offsets;
    private final int[] pointTable;
    private final int[][] boundaryTables;

    /**
     * Creates the codebook.
     *
     * @param trellis trellis of 8, 32 or 64 states
     * @param points 2^(bits + 1) points in ascending order, symmetric about 0
     */
    public TrellisCodebook(Trellis trellis, int bits, float[] points) {
        this.trellis = trellis;
        if (points.length != 2 << bits) {
            throw new IllegalArgumentException(bits + " bits take " + (2 << bits) + " points, got " + points.length);
        }
        this.bits = bits;
        this.points = points.clone();
        int larger = points.length / SUBSETS - 1;
        boundaries = new float[larger][SUBSETS];
        boundaryTables = new int[larger][RegisterTable.SIXTEEN];
        for (int k = 0; k < larger; k++) {
            for (int i = 0; i < RegisterTable.SIXTEEN; i++) {
                int subset = i % SUBSETS;
                float boundary = (points[SUBSETS * k + subset] + points[SUBSETS * (k + 1) + subset]) / 2;
                boundaries[k][subset] = boundary;
                boundaryTables[k][i] = Float.floatToRawIntBits(boundary);
            }
        }
        float outermost = points[points.length - 1];
        limit = Math.max(MEASURED_UP_TO, outermost);
        float farthest = limit - points[points.length - SUBSETS];
        metricUnits = LARGEST_DIFFERENCE / (farthest * farthest - (limit - outermost) * (limit - outermost));
        slopes = new float[points.length];
        offsets = new float[points.length];
        for (int j = 0; j < points.length; j++) {
            slopes[j] = -2 * metricUnits * points[j];
            offsets[j] = metricUnits * points[j] * points[j];
        }
        pointTable = new int[points.length <= RegisterTable.SIXTEEN ? RegisterTable.SIXTEEN : EIGHT_REGISTERS];
        for (int i = 0; i < pointTable.length; i++) {
            pointTable[i] = Float.floatToRawIntBits(points[i % points.length]);
        }
    }

    public Trellis trellis() {
        return trellis;
    }

    public int bits() {
        return bits;
    }

    /** Returns a point, counted from 0 in ascending order. */
    public float point(int j) {
        return points[j];
    }

    float[] points() {
        return points;
    }

    /** Returns the boundary between the k-th and the next point of a subset. */
    float boundary(int k, int subset) {
        return boundaries[k][subset];
    }

    /** Returns the number of boundaries of each subset. */
    int boundaryCount() {
        return boundaries.length;
    }

    /** Returns the largest magnitude for which distances are exact. */
    float limit() {
        return limit;
    }

    /** Returns the metric of a squared distance of 1. */
    float metricUnits() {
        return metricUnits;
    }

    /**
     * Returns, together with {@link #offsets}, the metric of point c: fma(z, slope, offset) is (z - c)^2 - z^2 in
     * metric units.
     */
    float[] slopes() {
        return slopes;
    }

    float[] offsets() {
        return offsets;
    }

    /** Returns the points as float bits, repeated to sixteen or to the capacity of eight registers. */
    int[] pointTable() {
        return pointTable;
    }

    /** Returns the k-th boundaries by subset, as float bits, repeated to sixteen. */
    int[] boundaryTable(int k) {
        return boundaryTables[k];
    }
}
