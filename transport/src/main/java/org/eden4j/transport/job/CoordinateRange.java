package org.eden4j.transport.job;

/**
 * A run of a vector's coordinates.
 *
 * @param first the first coordinate
 * @param end the coordinate after the last
 */
public record CoordinateRange(int first, int end) {
    public CoordinateRange {
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException("a range needs 0 <= first < end, got " + first + " and " + end);
        }
    }

    /** Returns whether a coordinate is in this run. */
    public boolean contains(int coordinate) {
        return first <= coordinate && coordinate < end;
    }
}
