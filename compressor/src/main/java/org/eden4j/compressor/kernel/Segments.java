package org.eden4j.compressor.kernel;

/**
 * The boundaries of a small codebook by {@value #COUNT} segments of equal length: each has one boundary at most, so that
 * the number of a magnitude's segment and one comparison give its index.
 *
 * <pre>
 * segment = min(a, top) segmentsPerUnit, rounded
 * index = base[segment],  less 1 where a is not above the segment's boundary
 * </pre>
 *
 * The constructor checks that no boundary is so near to the end of a segment that rounding could matter.
 */
final class Segments {
    static final int COUNT = 16;

    private static final double CLEARANCE = 1e-3;

    private final float top;
    private final float segmentsPerUnit;
    private final int[] bases = new int[COUNT];
    private final int[] limits = new int[COUNT];

    /** @param boundaries the positive ones, ascending */
    Segments(float[] boundaries) {
        top = boundaries[boundaries.length - 1];
        segmentsPerUnit = (float) ((COUNT - .6) / top);
        int below = 0;
        for (int segment = 0; segment < COUNT; segment++) {
            double end = segment + .5;
            if (below < boundaries.length && (double) boundaries[below] * segmentsPerUnit < end) {
                limits[segment] = Float.floatToRawIntBits(boundaries[below]) + 1;
                below++;
            }
            bases[segment] = below;
            double next = below < boundaries.length ? (double) boundaries[below] * segmentsPerUnit : Double.MAX_VALUE;
            double last = below == 0 ? -1 : (double) boundaries[below - 1] * segmentsPerUnit;
            if (next < end + CLEARANCE || last > end - CLEARANCE) {
                throw new AssertionError("segment " + segment + " has a boundary too many, or at its end");
            }
        }
    }

    /** Magnitudes above have the segment of this one: the bits of the highest boundary. */
    int top() {
        return Float.floatToRawIntBits(top);
    }

    float segmentsPerUnit() {
        return segmentsPerUnit;
    }

    /** By segment: the boundaries in it and before it. */
    int[] bases() {
        return bases;
    }

    /** By segment: the lowest float, as bits, that is above its boundary; 0 where it has none. */
    int[] limits() {
        return limits;
    }
}
