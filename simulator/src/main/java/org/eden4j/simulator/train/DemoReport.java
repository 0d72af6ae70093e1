package org.eden4j.simulator.train;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.eden4j.simulator.output.Manifest;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.report.Axis;
import org.eden4j.simulator.report.Chart;
import org.eden4j.simulator.report.HtmlTable;
import org.eden4j.simulator.report.Page;
import org.eden4j.simulator.report.Series;

/**
 * The demo's page: the table, accuracy against bytes and against epochs.
 *
 * @param runs the baseline first
 * @param manifest what was run, and where
 */
record DemoReport(List<DemoRun> runs, Manifest manifest) {
    static final List<String> COLUMNS = List.of("method", "downlink", "accuracy %", "MB up", "MB down", "MB total",
            "ratio up",
            "ratio total", "seconds", "replicas");

    /** The cells of one run under {@link #COLUMNS}. */
    static List<String> cells(DemoRun run) {
        Row summary = run.summary();
        return List.of(run.method(), (String) summary.get("downlink"), decimals(2, 100 * run.accuracy()),
                decimals(2, megabytes(run.bytesUp())), decimals(2, megabytes(run.bytesTotal() - run.bytesUp())),
                decimals(2, megabytes(run.bytesTotal())), decimals(2, (double) summary.get("ratioUp")) + "x",
                decimals(2, (double) summary.get("ratioTotal")) + "x", decimals(1, (double) summary.get("seconds")),
                (boolean) summary.get("replicasEqual") ? "equal" : "DIFFER");
    }

    Page page() {
        Row baseline = runs.getFirst().summary();
        return new Page("eden4j: accuracy against bytes")
            .paragraph(String.format(Locale.ROOT,
                    "%s workers, each in a process of its own, train a %s with %,d parameters on Fashion-MNIST and exchange"
                            + " updates through an aggregator over Aeron (%s). Bytes are those of the frames that were sent,"
                            + " summed over all workers.",
                    baseline.get("workers"), baseline.get("model"), (long) baseline.get("parameters"),
                    baseline.get("channel")))
            .table(new HtmlTable(COLUMNS, runs.stream().map(DemoReport::cells).toList()))
            .note("Ratios are against the uncompressed run. Replicas are compared by the hashes that the worker processes"
                    + " print after the last exchange.")
            .heading("Accuracy against bytes sent")
            .chart(chart(Axis.logarithmic("MB sent, up and down"), row -> megabytes(DemoRun.bytesTotal(row))))
            .heading("Accuracy against epochs")
            .chart(chart(Axis.linear("epoch"), row -> (int) row.get("epoch")))
            .note("What compression costs in learning: the closer the lines, the less.")
            .heading("How to reproduce this")
            .code("./eden " + String.join(" ", manifest.arguments()))
            .note("Seed " + manifest.seed() + ", version " + Manifest.version() + ", JDK " + Runtime.version() + ", "
                    + Manifest.cpu() + ", " + Runtime.getRuntime().availableProcessors() + " cores.");
    }

    private Chart chart(Axis axis, ToDoubleFunction<Row> x) {
        return new Chart(axis, Axis.linear("test accuracy, %"), runs.stream()
            .map(run -> Series.of(run.method(),
                    run.epochs().stream().map(x::applyAsDouble).toList(),
                    run.epochs().stream().map(row -> 100 * (double) row.get("accuracy")).toList()))
            .toList());
    }

    private static double megabytes(long bytes) {
        return bytes / 1e6;
    }

    private static String decimals(int count, double value) {
        return String.format(Locale.ROOT, "%,." + count + "f", value);
    }
}
