package org.eden4j.simulator.figures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.report.Axis;
import org.eden4j.simulator.report.Chart;
import org.eden4j.simulator.report.Series;

/** Collects the points of a chart by the name of their line. */
final class Lines {
    private final Map<String, List<Series.Point>> points = new LinkedHashMap<>();
    /** Formulas and points known from elsewhere. */
    private final List<Series> known = new ArrayList<>();

    /** Adds a point for each row. */
    Lines add(List<Row> rows, Function<Row, String> name, ToDoubleFunction<Row> x, ToDoubleFunction<Row> y,
            ToDoubleFunction<Row> standardError) {
        for (Row row : rows) {
            points.computeIfAbsent(name.apply(row), _ -> new ArrayList<>())
                .add(new Series.Point(x.applyAsDouble(row), y.applyAsDouble(row), standardError.applyAsDouble(row)));
        }
        return this;
    }

    /** Adds a formula from {@code low} to {@code high}, in steps of equal ratio. */
    Lines formula(String name, double low, double high, DoubleUnaryOperator y) {
        int steps = 200;
        List<Series.Point> curve = new ArrayList<>();
        for (int i = 0; i <= steps; i++) {
            double x = low * Math.pow(high / low, (double) i / steps);
            curve.add(new Series.Point(x, y.applyAsDouble(x), Double.NaN));
        }
        known.add(new Series(name, curve, true));
        return this;
    }

    /** Adds points that were measured elsewhere. */
    Lines known(String name, Series.Point... measured) {
        known.add(new Series(name, List.of(measured), false));
        return this;
    }

    /** Returns the chart, null if it has no points. */
    Chart chart(Axis x, Axis y) {
        List<Series> series = new ArrayList<>();
        points.forEach((name, line) -> {
            List<Series.Point> shown = line.stream()
                .filter(point -> shows(x, point.x()) && shows(y, point.y()))
                .sorted(Comparator.comparingDouble(Series.Point::x))
                .toList();
            if (!shown.isEmpty()) {
                series.add(new Series(name, shown, false));
            }
        });
        if (series.isEmpty()) {
            return null;
        }
        series.addAll(known);
        return new Chart(x, y, series);
    }

    private static boolean shows(Axis axis, double value) {
        return Double.isFinite(value) && (!axis.logarithmic() || value > 0);
    }
}
