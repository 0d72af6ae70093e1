package org.eden4j.simulator.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.report.Axis;
import org.eden4j.simulator.report.Chart;

/** Charts of commands that run for rounds or epochs: the result against time and against bytes. */
final class RunFigures {
    private static final Axis MEGABYTES = Axis.logarithmic("MB sent, up and down");

    private RunFigures() {}

    /** Charts the accuracy of {@code train} and {@code demo}. */
    static List<Figure> ofTraining(List<Row> rows) {
        return progress(rows.stream().filter(row -> Fields.has(row, "accuracy")).toList(), "accuracy", "Accuracy",
                row -> 100 * Fields.number(row, "accuracy"), Axis.linear("test accuracy, %"), "epoch");
    }

    /** Charts the objective of {@code task}. */
    static List<Figure> ofTask(List<Row> rows) {
        String y = rows.isEmpty() ? "objective" : Fields.text(rows.getFirst(), "task") + ": objective";
        return progress(rounds(rows, "objective"), "objective", "Objective", row -> Fields.number(row, "objective"),
                Axis.linear(y), "round");
    }

    /** Charts a quantity against the bytes sent and against a counter. */
    private static List<Figure> progress(
            List<Row> rows, String name, String title, ToDoubleFunction<Row> value, Axis y, String counter) {
        List<Figure> figures = new ArrayList<>();
        add(figures, name + "-against-bytes", title + " against bytes sent",
                lines(rows, RunFigures::methods, RunFigures::megabytes, value).chart(MEGABYTES, y));
        add(figures, name + "-against-" + counter + "s", title + " against " + counter + "s",
                lines(rows, RunFigures::methods, row -> Fields.number(row, counter), value)
                    .chart(Axis.linear(counter), y));
        return figures;
    }

    /** Charts the errors of the rounds of {@code mean}. */
    static List<Figure> ofMean(List<Row> rows) {
        List<Figure> figures = new ArrayList<>();
        add(figures, "error-by-round", "Error of the mean by round",
                lines(rounds(rows, "round"), RunFigures::methods, row -> Fields.number(row, "round"),
                        row -> Fields.number(row, "nmse"))
                    .chart(Axis.linear("round"), Axis.linear("NMSE of the mean")));
        return figures;
    }

    /** Returns the rows with a field, without the summary. */
    private static List<Row> rounds(List<Row> rows, String field) {
        return rows.stream()
            .filter(row -> Fields.has(row, field) && !Boolean.TRUE.equals(row.get("summary")))
            .toList();
    }

    /** Returns one line per name, without error bars. */
    private static Lines lines(
            List<Row> rows, Function<Row, String> name, ToDoubleFunction<Row> x, ToDoubleFunction<Row> y) {
        return new Lines().add(rows, name, x, y, _ -> Double.NaN);
    }

    /** Charts the time of a step against the rate of the links, from {@code advise}. */
    static List<Figure> ofAdvice(List<Row> rows) {
        List<Figure> figures = new ArrayList<>();
        Axis link = Axis.logarithmic("rate of a link, Mbit/s");
        Axis seconds = Axis.logarithmic("seconds per step");
        add(figures, "step-against-link", "Time per step against the rate of the links",
                lines(rows, row -> Fields.text(row, "method") + ", " + Fields.text(row, "topology"),
                        row -> Fields.number(row, "linkMbit"), row -> Fields.number(row, "secondsPerStep"))
                    .chart(link, seconds));
        return figures;
    }

    private static void add(List<Figure> figures, String name, String title, Chart chart) {
        if (chart != null) {
            figures.add(new Figure(name, title, "", chart));
        }
    }

    private static double megabytes(Row row) {
        return (Fields.number(row, "bytesUp") + Fields.number(row, "bytesDown")) / 1e6;
    }

    private static String methods(Row row) {
        String downlink = Fields.text(row, "downlink");
        return Fields.text(row, "method") + (downlink.isEmpty() ? "" : ", down " + downlink);
    }
}
