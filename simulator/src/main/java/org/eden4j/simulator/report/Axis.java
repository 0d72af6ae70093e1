package org.eden4j.simulator.report;

/**
 * One axis of a chart.
 *
 * @param title the quantity, with its unit
 * @param logarithmic whether equal distances are equal ratios; non-positive numbers are then omitted
 */
public record Axis(String title, boolean logarithmic) {
    public static Axis linear(String title) {
        return new Axis(title, false);
    }

    public static Axis logarithmic(String title) {
        return new Axis(title, true);
    }

    boolean shows(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }
}
