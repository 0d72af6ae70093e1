package org.eden4j.simulator.figures;

import java.util.List;
import java.util.Objects;
import org.eden4j.simulator.output.Row;

/** What stands in rows of results. */
final class Fields {
    private Fields() {}

    /** A field as a number, NaN where it is none. */
    static double number(Row row, String field) {
        return row.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** A field as text, empty where there is none. */
    static String text(Row row, String field) {
        return Objects.toString(row.get(field), "");
    }

    static boolean has(Row row, String field) {
        return row.get(field) != null;
    }

    /** The different values of a field, in the order in which they come. */
    static List<String> distinct(List<Row> rows, String field) {
        return rows.stream().map(row -> text(row, field)).distinct().toList();
    }

    static boolean varies(List<Row> rows, String field) {
        return distinct(rows, field).size() > 1;
    }
}
