package org.eden4j.simulator.figures;

import java.util.List;
import java.util.Objects;
import org.eden4j.simulator.output.Row;

/** Reads the fields of result rows. */
final class Fields {
    private Fields() {}

    /** Returns a field as a number, NaN if it is not a number. */
    static double number(Row row, String field) {
        return row.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Returns a field as text, empty if it is absent. */
    static String text(Row row, String field) {
        return Objects.toString(row.get(field), "");
    }

    static boolean has(Row row, String field) {
        return row.get(field) != null;
    }

    /** Returns the distinct values of a field, in order of appearance. */
    static List<String> distinct(List<Row> rows, String field) {
        return rows.stream().map(row -> text(row, field)).distinct().toList();
    }

    static boolean varies(List<Row> rows, String field) {
        return distinct(rows, field).size() > 1;
    }
}
