package org.eden4j.simulator.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.eden4j.simulator.output.Row;

/**
 * Sums a series up: for each run the mean over seeds, and the loss of accuracy against the first run of the same seed, so that
 * what the seed does to both cancels.
 *
 * <pre>
 * lost_s = accuracy(first run, seed s) - accuracy(run, seed s),   standard error = sd(lost_s) / sqrt(seeds)
 * </pre>
 */
final class SeriesTable {
    static final String RUN = "run";
    static final String SEED = "seed";

    private final List<SeriesRun> runs;
    /** By run and seed. */
    private final Map<String, Map<Long, Row>> results = new LinkedHashMap<>();

    /** @param runs the one that others are compared with first */
    SeriesTable(List<SeriesRun> runs) {
        this.runs = List.copyOf(runs);
        runs.forEach(run -> results.put(run.text(), new TreeMap<>()));
    }

    void add(Row row) {
        results.get((String) row.get(RUN)).put(seed(row), row);
    }

    boolean has(SeriesRun run, long seed) {
        return results.get(run.text()).containsKey(seed);
    }

    /** Returns whether a row is the result of one of these runs. */
    boolean isOfThese(Row row) {
        return row.get(RUN) instanceof String run && results.containsKey(run) && row.get(SEED) instanceof Number;
    }

    private static long seed(Row row) {
        return ((Number) row.get(SEED)).longValue();
    }

    private static double number(Row row, String field) {
        return ((Number) row.get(field)).doubleValue();
    }

    private static double bytes(Row row) {
        return number(row, "bytesUp") + number(row, "bytesDown");
    }

    /** A row per run. */
    List<Row> summary() {
        Map<Long, Row> baseline = results.get(runs.getFirst().text());
        List<Row> summary = new ArrayList<>();
        for (SeriesRun run : runs) {
            List<Row> rows = List.copyOf(results.get(run.text()).values());
            List<Row> paired = rows.stream().filter(row -> baseline.containsKey(seed(row))).toList();
            double[] accuracy = values(rows, row -> number(row, "accuracy"));
            double[] lost = values(paired,
                    row -> number(baseline.get(seed(row)), "accuracy") - number(row, "accuracy"));
            double[] ratio = values(paired, row -> bytes(baseline.get(seed(row))) / bytes(row));
            Row first = rows.getFirst();
            summary.add(Row.of("series")
                .put(RUN, run.text())
                .put("summary", true)
                .put("mode", first.get("mode"))
                .put("model", first.get("model"))
                .put("workers", first.get("workers"))
                .put("seeds", rows.size())
                .put("accuracy", mean(accuracy))
                .put("accuracyStdErr", standardError(accuracy))
                .put("accuracyLost", mean(lost))
                .put("accuracyLostStdErr", standardError(lost))
                .put("bytesUp", mean(values(rows, row -> number(row, "bytesUp"))))
                .put("bytesDown", mean(values(rows, row -> number(row, "bytesDown"))))
                .put("wireBitsUp", mean(values(rows, row -> number(row, "wireBitsUp"))))
                .put("wireBitsDown", mean(values(rows, row -> number(row, "wireBitsDown"))))
                .put("ratioTotal", mean(ratio))
                .put("replicasEqual", rows.stream().allMatch(row -> (boolean) row.get("replicasEqual"))));
        }
        return summary;
    }

    private static double[] values(List<Row> rows, ToDoubleFunction<Row> value) {
        return rows.stream().mapToDouble(value).toArray();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** NaN for fewer than two values. */
    private static double standardError(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (values.length - 1) / values.length);
    }
}
