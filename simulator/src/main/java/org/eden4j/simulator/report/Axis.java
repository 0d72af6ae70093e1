package org.eden4j.simulator.report;

/**
 * What stands along one side of a chart.
 *
 * @param title what is shown, with its unit
 * @param logarithmic whether equal distances are equal ratios; numbers that are not positive are then left out
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
