package org.eden4j.compressor.kernel;

/**
 * Divides the range of a small codebook into {@value #COUNT} segments of equal length with at most one boundary each,
 * so that the segment of a magnitude and one comparison determine its index.
 *
 * <pre>
 * segment = min(a, top) segmentsPerUnit, rounded
 * index = base[segment],  less 1 if a is not above the segment's boundary
 * </pre>
 *
 * <p>The constructor verifies that no boundary is so close to the end of a segment that rounding could matter.
 */
final class Segments {
    static final int COUNT = 16;

    private static final double CLEARANCE = 1e-3;

    private final float top;
    private final float segmentsPerUnit;
    private final int[] bases = new int[COUNT];
    private final int[] limits = new int[COUNT];

    /** @param boundaries the positive boundaries in ascending order */
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

    /** Returns the bits of the highest boundary, to which larger magnitudes are clamped. */
    int top() {
        return Float.floatToRawIntBits(top);
    }

    float segmentsPerUnit() {
        return segmentsPerUnit;
    }

    /** Returns, by segment, the number of boundaries below its upper limit. */
    int[] bases() {
        return bases;
    }

    /** Returns, by segment, the smallest float above its boundary, as bits; 0 if it has none. */
    int[] limits() {
        return limits;
    }
}
