package org.eden4j.compressor.kernel;

import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * 2^(b+1) points for b bits per coordinate, of which a {@link CodingKernels.Trellis} admits half at each step: point j, in ascending
 * order, is in subset j mod 4, and the trellis says which two of the subsets may follow.
 *
 * <pre>
 * index of a coordinate:   input bit | j / 4
 *                          1 bit       b - 1 bits
 * </pre>
 *
 * <p>Metrics of paths are squared distances, in units such that no two subsets differ by more than {@value #LARGEST_DIFFERENCE} as
 * long as coordinates are within the outermost point or {@value #MEASURED_UP_TO}, whichever is larger; those beyond are measured as if
 * they lay there, and still get the nearest point. Sums then stay in 16 bits. Immutable.
 */
public final class TrellisCodebook {
    /** The most bits per coordinate. */
    public static final int MOST_BITS = 4;
    private static final int SUBSETS = 4;
    /** Ints of eight registers at the largest width: this class also serves where there are no vectors. */
    private static final int EIGHT_REGISTERS = 128;
    /** Four steps and the six that lead from any state to any other stay below 2^15. */
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
     * @param trellis of 8, 32 or 64 states
     * @param points 2^(bits + 1) of them, ascending, symmetric about 0
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

    /** A point, from 0 in ascending order. */
    public float point(int j) {
        return points[j];
    }

    float[] points() {
        return points;
    }

    /** Between the k-th and the next point of a subset. */
    float boundary(int k, int subset) {
        return boundaries[k][subset];
    }

    /** Boundaries above the lowest cell of each subset. */
    int boundaryCount() {
        return boundaries.length;
    }

    /** Up to where coordinates are measured. */
    float limit() {
        return limit;
    }

    /** What a squared distance of 1 counts in a metric. */
    float metricUnits() {
        return metricUnits;
    }

    /** By point c, with {@link #offsets}: fma(z, slope, offset) is (z - c)^2 - z^2 in metric units. */
    float[] slopes() {
        return slopes;
    }

    float[] offsets() {
        return offsets;
    }

    /** The points as float bits, repeated to sixteen or to what eight registers have at most. */
    int[] pointTable() {
        return pointTable;
    }

    /** The k-th boundaries by subset, as float bits, repeated to sixteen. */
    int[] boundaryTable(int k) {
        return boundaryTables[k];
    }
}
