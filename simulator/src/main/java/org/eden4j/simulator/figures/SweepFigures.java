package org.eden4j.simulator.figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.report.Axis;
import org.eden4j.simulator.report.Chart;
import org.eden4j.simulator.report.Series;

/**
 * Charts of a sweep: error against the parameter that was varied, and against the bits spent, with Shannon's bound.
 * Rows of a preset name the figure they belong to.
 */
final class SweepFigures {
    private static final List<String> KEYS = List.of("dimension", "workers", "input", "vectors", "loss");
    private static final Map<String, String> SHORT = Map.of("dimension", "d=", "workers", "n=", "loss", "loss ");
    private static final String VNMSE = "vnmse";
    private static final String NMSE = "nmse";
    private static final String BITS = "wireBits";
    private static final double MOST_BITS = 10;
    /** Mean squared errors of NNCodec's own bitstream on N(0, 1) at 1 to 4 bits. */
    private static final Series.Point[] NNCODEC = {new Series.Point(1, .455, Double.NaN),
            new Series.Point(2, .0890, Double.NaN), new Series.Point(3, .0201, Double.NaN),
            new Series.Point(4, .0047, Double.NaN)};

    private final List<Figure> figures = new ArrayList<>();

    private SweepFigures() {}

    static List<Figure> of(List<Row> rows) {
        SweepFigures all = new SweepFigures();
        Map<String, List<Row>> byFigure = new LinkedHashMap<>();
        rows.forEach(row -> byFigure.computeIfAbsent(Fields.text(row, "figure"), _ -> new ArrayList<>()).add(row));
        byFigure.forEach(all::add);
        return all.figures;
    }

    private void add(String figure, List<Row> rows) {
        switch (figure) {
            case "bits" -> againstBits(rows);
            case "budgets" -> figure("budgets", "Workers with different budgets: error of the mean against bits",
                    """
                            Workers of one mean that send different numbers of bits, beside workers that all send the same. Unbiased \
                            estimates can be averaged whatever their budgets are: what counts is the mean of their errors.""",
                    new Lines().add(rows, row -> family(row) + " " + budget(row),
                            row -> Fields.number(row, BITS), row -> Fields.number(row, NMSE), error(NMSE)),
                    Axis.linear("bits per coordinate and worker"), Axis.logarithmic("NMSE of the mean"));
            case "correlation" -> figure("correlation", "Error of the mean against the correlation of workers' vectors",
                    "Equal vectors have correlation 1. The error of unbiased methods does not depend on it.",
                    new Lines().add(rows, row -> name(row, rows, "vectors"), SweepFigures::correlation,
                            row -> Fields.number(row, NMSE), error(NMSE)),
                    Axis.linear("correlation"), Axis.logarithmic("NMSE of the mean"));
            case "tails" -> tails(rows);
            case "dimension" -> against(rows, "dimension", VNMSE);
            case "workers" -> against(rows, "workers", NMSE);
            case "loss" -> against(rows, "loss", NMSE);
            default -> {
                against(rows, "dimension", VNMSE);
                against(rows, "workers", NMSE);
                against(rows, "loss", NMSE);
                againstBits(rows);
            }
        }
    }

    private void against(List<Row> rows, String field, String error) {
        if (!Fields.varies(rows, field)) {
            return;
        }
        boolean ofMean = error.equals(NMSE);
        Axis x = switch (field) {
            case "dimension" -> Axis.logarithmic("dimension d");
            case "workers" -> Axis.logarithmic("workers n");
            default -> Axis.linear("share of blocks lost");
        };
        figure("error-against-" + field, (ofMean ? "Error of the mean against " : "Error against ")
                + (field.equals("loss") ? "loss" : field.equals("workers") ? "the number of workers" : field),
                "Bars are one standard error, usually smaller than the marks.",
                new Lines().add(rows, row -> name(row, rows, field), row -> Fields.number(row, field),
                        row -> Fields.number(row, error), error(error)),
                x, Axis.logarithmic(ofMean ? "NMSE of the mean" : "vNMSE"));
    }

    private void againstBits(List<Row> rows) {
        if (!Fields.varies(rows, BITS)) {
            return;
        }
        for (String input : Fields.distinct(rows, "input")) {
            List<Row> own = rows.stream().filter(row -> Fields.text(row, "input").equals(input)).toList();
            String suffix = Fields.varies(rows, "input") ? "-" + input.replaceAll("[^a-z0-9]+", "-") : "";
            figure("error-against-bits" + suffix, "Error against bits sent, " + input,
                    "Lower left is better. On Gaussian vectors at R bits no unbiased method can be below 1/(4^R - 1), and no"
                            + " biased method below 4^-R (Shannon). NNCodec is biased and does not rotate; its errors are those of"
                            + " its own bitstream on Gaussian vectors.",
                    bits(own, VNMSE).known("NNCodec (ISO 15938-17)", NNCODEC)
                        .formula("Shannon, unbiased", .05, MOST_BITS, r -> 1 / (Math.pow(4, r) - 1))
                        .formula("Shannon, biased", .05, MOST_BITS, r -> Math.pow(4, -r)),
                    Axis.linear("bits per coordinate, as sent"), Axis.logarithmic("vNMSE"));
        }
        List<Row> timed = rows.stream()
            .filter(row -> Fields.has(row, "encodeNsPerCoordinate"))
            .filter(row -> Fields.text(row, "input").equals(Fields.text(rows.getFirst(), "input")))
            .toList();
        figure("time-against-bits", "Time against bits sent",
                "Nanoseconds per coordinate for one thread to encode and decode, in compiled code; they depend on the machine"
                        + " and on its load. ./eden bench measures them more precisely.",
                new Lines().add(timed, row -> family(row) + others(row, timed), row -> Fields.number(row, BITS),
                        row -> Fields.number(row, "encodeNsPerCoordinate")
                                + Fields.number(row, "decodeNsPerCoordinate"),
                        _ -> Double.NaN),
                Axis.linear("bits per coordinate, as sent"), Axis.logarithmic("ns per coordinate"));
    }

    private static Lines bits(List<Row> rows, String error) {
        return new Lines().add(rows, row -> family(row) + others(row, rows), row -> Fields.number(row, BITS),
                row -> Fields.number(row, error), error(error));
    }

    private void tails(List<Row> rows) {
        Lines lines = new Lines();
        for (String method : Fields.distinct(rows, "method")) {
            List<Row> own = rows.stream().filter(row -> Fields.text(row, "method").equals(method)).toList();
            for (String quantile : List.of("P50", "P90", "P99", "Max")) {
                lines.add(own, _ -> method + " " + quantile.toLowerCase(Locale.ROOT),
                        row -> Fields.number(row, "dimension"), row -> Fields.number(row, "vnmse" + quantile),
                        _ -> Double.NaN);
            }
        }
        figure("tails", "Errors of single vectors: median, 90 %, 99 % and maximum", """
                The error of one vector concentrates around its mean as the dimension grows.""", lines,
                Axis.logarithmic("dimension d"), Axis.logarithmic("|x^ - x|^2 / |x|^2"));
    }

    private void figure(String name, String title, String note, Lines lines, Axis x, Axis y) {
        Chart chart = lines.chart(x, y);
        if (chart != null) {
            figures.add(new Figure(name, title, note, chart));
        }
    }

    private static ToDoubleFunction<Row> error(String field) {
        return row -> Fields.number(row, field + "StdErr");
    }

    /** Returns what distinguishes a row's line from others if one field is on the axis. */
    private static String name(Row row, List<Row> rows, String axis) {
        StringJoiner name = new StringJoiner(", ").add(Fields.text(row, "method"));
        for (String key : KEYS) {
            if (!key.equals(axis) && Fields.varies(rows, key)) {
                name.add(SHORT.getOrDefault(key, "") + Fields.text(row, key));
            }
        }
        return name.toString();
    }

    /** Returns what distinguishes a row from others besides the method. */
    private static String others(Row row, List<Row> rows) {
        return name(row, rows, "").substring(Fields.text(row, "method").length());
    }

    /** Returns a method without its number of bits or share of coordinates. */
    static String family(Row row) {
        return Fields.text(row, "method")
            .replaceAll("(bits|fraction|sigma)=[^,+ ]*,?", "")
            .replaceAll("[:,](?= |$)", "")
            .replaceAll("^(.+?)( \\+ \\1)+$", "$1");
    }

    private static String budget(Row row) {
        return Fields.text(row, "method").contains(" + ") ? "different budgets" : "equal budgets";
    }

    private static double correlation(Row row) {
        String vectors = Fields.text(row, "vectors");
        return switch (vectors) {
            case "same" -> 1;
            case "independent" -> 0;
            default -> Double.parseDouble(vectors.substring(vectors.indexOf(':') + 1));
        };
    }
}
