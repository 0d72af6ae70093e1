package org.eden4j.simulator.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.report.Axis;
import org.eden4j.simulator.report.Chart;

/** Charts of commands that go on for rounds or epochs: what was reached against how long it went on and against bytes. */
final class RunFigures {
    private static final Axis MEGABYTES = Axis.logarithmic("MB sent, up and down");

    private RunFigures() {}

    /** Accuracy of {@code train} and {@code demo}. */
    static List<Figure> ofTraining(List<Row> rows) {
        List<Row> epochs = rows.stream().filter(row -> Fields.has(row, "accuracy")).toList();
        List<Figure> figures = new ArrayList<>();
        ToDoubleFunction<Row> accuracy = row -> 100 * Fields.number(row, "accuracy");
        Axis y = Axis.linear("test accuracy, %");
        add(figures, "accuracy-against-bytes", "Accuracy against bytes sent",
                new Lines().add(epochs, RunFigures::methods, RunFigures::megabytes, accuracy, _ -> Double.NaN)
                    .chart(MEGABYTES, y));
        add(figures, "accuracy-against-epochs", "Accuracy against epochs",
                new Lines()
                    .add(epochs, RunFigures::methods, row -> Fields.number(row, "epoch"), accuracy, _ -> Double.NaN)
                    .chart(Axis.linear("epoch"), y));
        return figures;
    }

    /** The objective of {@code task}. */
    static List<Figure> ofTask(List<Row> rows) {
        List<Row> rounds = rows.stream()
            .filter(row -> Fields.has(row, "objective") && !Boolean.TRUE.equals(row.get("summary")))
            .toList();
        List<Figure> figures = new ArrayList<>();
        ToDoubleFunction<Row> objective = row -> Fields.number(row, "objective");
        Axis y = Axis.linear(rows.isEmpty() ? "objective" : Fields.text(rows.getFirst(), "task") + ": objective");
        add(figures, "objective-against-bytes", "Objective against bytes sent",
                new Lines().add(rounds, RunFigures::methods, RunFigures::megabytes, objective, _ -> Double.NaN)
                    .chart(MEGABYTES, y));
        add(figures, "objective-against-rounds", "Objective against rounds",
                new Lines()
                    .add(rounds, RunFigures::methods, row -> Fields.number(row, "round"), objective, _ -> Double.NaN)
                    .chart(Axis.linear("round"), y));
        return figures;
    }

    /** Errors of the rounds of {@code mean}. */
    static List<Figure> ofMean(List<Row> rows) {
        List<Row> rounds = rows.stream()
            .filter(row -> Fields.has(row, "round") && !Boolean.TRUE.equals(row.get("summary")))
            .toList();
        List<Figure> figures = new ArrayList<>();
        add(figures, "error-by-round", "Error of the mean by round",
                new Lines()
                    .add(rounds, RunFigures::methods, row -> Fields.number(row, "round"),
                            row -> Fields.number(row, "nmse"), _ -> Double.NaN)
                    .chart(Axis.linear("round"), Axis.linear("NMSE of the mean")));
        return figures;
    }

    /** Time of a step by the rate of the links, of {@code advise}. */
    static List<Figure> ofAdvice(List<Row> rows) {
        List<Figure> figures = new ArrayList<>();
        Axis link = Axis.logarithmic("rate of a link, Mbit/s");
        Axis seconds = Axis.logarithmic("seconds per step");
        add(figures, "step-against-link", "Time of a step against the rate of the links",
                new Lines()
                    .add(rows, row -> Fields.text(row, "method") + ", " + Fields.text(row, "topology"),
                            row -> Fields.number(row, "linkMbit"), row -> Fields.number(row, "secondsPerStep"),
                            _ -> Double.NaN)
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
