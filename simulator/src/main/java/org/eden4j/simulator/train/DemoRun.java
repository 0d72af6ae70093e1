package org.eden4j.simulator.train;

import java.util.List;
import org.eden4j.simulator.output.Row;

/**
 * The result of one method in the demo.
 *
 * @param epochs a row each epoch
 * @param summary the last row
 */
record DemoRun(List<Row> epochs, Row summary) {
    DemoRun {
        epochs = List.copyOf(epochs);
    }

    String method() {
        return (String) summary.get("method");
    }

    double accuracy() {
        return (double) summary.get("accuracy");
    }

    long bytesUp() {
        return bytesUp(summary);
    }

    long bytesTotal() {
        return bytesTotal(summary);
    }

    static long bytesUp(Row row) {
        return (long) row.get("bytesUp");
    }

    static long bytesTotal(Row row) {
        return bytesUp(row) + (long) row.get("bytesDown");
    }

    /** Adds how many times fewer bytes than the baseline it took, up and in all. */
    DemoRun comparedTo(DemoRun baseline) {
        summary.put("bytesTotal", bytesTotal())
            .put("ratioUp", (double) baseline.bytesUp() / bytesUp())
            .put("ratioTotal", (double) baseline.bytesTotal() / bytesTotal())
            .put("accuracyLost", baseline.accuracy() - accuracy());
        return this;
    }
}
