package org.eden4j.simulator.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of a chart.
 *
 * @param name name in the legend
 * @param points points from left to right
 * @param curve whether it is a formula: a dashed line without points
 */
public record Series(String name, List<Point> points, boolean curve) {
    public Series {
        points = List.copyOf(points);
    }

    /**
     * One point.
     *
     * @param standardError standard error of y, NaN if there is none
     */
    public record Point(double x, double y, double standardError) {}

    /** Returns measured numbers without errors. */
    public static Series of(String name, List<Double> x, List<Double> y) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            points.add(new Point(x.get(i), y.get(i), Double.NaN));
        }
        return new Series(name, points, false);
    }
}
