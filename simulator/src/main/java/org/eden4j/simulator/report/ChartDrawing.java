package org.eden4j.simulator.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The layout of a chart on a canvas: axes with ticks, lines, and optionally the legend below. */
final class ChartDrawing {
    static final int FONT_PIXELS = 12;

    /** Approximate width of a character. */
    private static final double CHARACTER = .58 * FONT_PIXELS;
    private static final int TOP = 30;
    private static final int RIGHT = 14;
    /** Height of the labels and the title of the horizontal axis. */
    private static final int BELOW = 44;
    private static final int LEGEND_LINE = 19;
    private static final int LEGEND_MARK = 18;
    private static final double LABEL_LINE = 24;

    private final Chart chart;
    private final int width;
    private final double left;
    private final double bottom;
    private final Ticks across;
    private final Ticks up;

    /** @param height height of the drawing without the legend */
    ChartDrawing(Chart chart, int width, int height) {
        this.chart = chart;
        this.width = width;
        bottom = height - BELOW;
        double[] x = chart.values(Series.Point::x);
        double[] y = chart.values(Series.Point::y);
        up = Ticks.of(chart.y(), y, bottom - TOP, LABEL_LINE, false);
        left = 12 + CHARACTER * up.marks().stream().mapToInt(mark -> mark.label().length()).max().orElse(1);
        double plain = CHARACTER * 7;
        across = Ticks.of(chart.x(), x, width - RIGHT - left, plain, true);
    }

    /** Returns the additional height of a drawing with a legend. */
    static int legendHeight(Chart chart, int width) {
        return legend(chart, width, (index, x, y) -> {}) + 8;
    }

    /** Draws one entry. */
    private interface Entry {
        void at(int index, double x, double y);
    }

    /** Arranges the legend's entries in lines and returns their total height. */
    private static int legend(Chart chart, int width, Entry entry) {
        double x = 12;
        int y = LEGEND_LINE;
        List<Series> series = chart.series();
        for (int i = 0; i < series.size(); i++) {
            double needed = LEGEND_MARK + CHARACTER * series.get(i).name().length() + 18;
            if (x > 12 && x + needed > width) {
                x = 12;
                y += LEGEND_LINE;
            }
            entry.at(i, x, y);
            x += needed;
        }
        return y;
    }

    private double x(double value) {
        return left + across.position(value) * (width - RIGHT - left);
    }

    private double y(double value) {
        return bottom - up.position(value) * (bottom - TOP);
    }

    void draw(Canvas canvas) {
        for (Ticks.Mark mark : up.marks()) {
            canvas.line(left, y(mark.value()), width - RIGHT, y(mark.value()), Ink.GRID, 1);
            canvas.text(mark.label(), left - 6, y(mark.value()) + 4, Ink.SOFT, Canvas.Anchor.END);
        }
        for (Ticks.Mark mark : across.marks()) {
            double at = x(mark.value());
            canvas.line(at, TOP, at, bottom, Ink.GRID, 1);
            double half = CHARACTER * mark.label().length() / 2;
            canvas.text(mark.label(), Math.min(at, width - half - 2), bottom + 17, Ink.SOFT, Canvas.Anchor.MIDDLE);
        }
        canvas.line(left, bottom, width - RIGHT, bottom, Ink.SOFT, 1);
        canvas.text(chart.y().title(), 6, 16, Ink.TEXT, Canvas.Anchor.START);
        canvas.text(chart.x().title(), (left + width - RIGHT) / 2, bottom + 37, Ink.TEXT, Canvas.Anchor.MIDDLE);
        for (int i = 0; i < chart.series().size(); i++) {
            series(canvas, i);
        }
    }

    private void series(Canvas canvas, int index) {
        Series series = chart.series().get(index);
        Ink ink = Ink.line(index);
        canvas.beginSeries(index, series.name());
        List<Series.Point> points = chart.shown(series).stream().filter(this::inRange).toList();
        if (points.size() > 1) {
            canvas.path(points.stream().mapToDouble(point -> x(point.x())).toArray(),
                    points.stream().mapToDouble(point -> y(point.y())).toArray(), ink, series.curve());
        }
        if (!series.curve()) {
            points.forEach(point -> point(canvas, series.name(), index, point));
        }
        canvas.endSeries();
    }

    /** Formulas may leave the range of the measurements. */
    private boolean inRange(Series.Point point) {
        return Math.abs(across.position(point.x()) - .5) < .5 + 1e-9
                && Math.abs(up.position(point.y()) - .5) < .5 + 1e-9;
    }

    private void point(Canvas canvas, String name, int index, Series.Point point) {
        Ink ink = Ink.line(index);
        double error = point.standardError();
        if (error > 0) {
            DoubleUnaryOperator within = value -> chart.y().shows(value)
                    ? Math.clamp(y(value), TOP, bottom)
                    : bottom;
            canvas.line(x(point.x()), within.applyAsDouble(point.y() - error), x(point.x()),
                    within.applyAsDouble(point.y() + error), ink, 1.2);
        }
        String hint = name + "\n" + chart.x().title() + ": " + Ticks.label(point.x()) + "\n" + chart.y().title() + ": "
                + Ticks.label(point.y()) + (error > 0 ? " ± " + Ticks.label(significant(error)) : "");
        canvas.marker(Ink.marker(index), x(point.x()), y(point.y()), ink, hint);
    }

    /** Rounds an error to two digits. */
    private static double significant(double error) {
        return new BigDecimal(error).round(new MathContext(2)).doubleValue();
    }

    /** Draws the legend below the chart. */
    void drawLegend(Canvas canvas, int height) {
        legend(chart, width, (index, x, y) -> {
            Series series = chart.series().get(index);
            double middle = height + y - 4;
            canvas.path(new double[]{x, x + LEGEND_MARK - 4}, new double[]{middle, middle}, Ink.line(index),
                    series.curve());
            if (!series.curve()) {
                canvas.marker(Ink.marker(index), x + (LEGEND_MARK - 4) / 2.0, middle, Ink.line(index), series.name());
            }
            canvas.text(series.name(), x + LEGEND_MARK, height + y, Ink.TEXT, Canvas.Anchor.START);
        });
    }
}
