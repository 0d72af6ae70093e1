package org.eden4j.simulator.output;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Rows under a header, each printed as soon as it is known. A column is as wide as its name, its first value, the
 * values announced by {@link #widen}, or {@value #NARROWEST} characters; numbers are aligned to the right.
 */
public final class TextTable {
    private static final int NARROWEST = 9;

    private final List<String> columns;
    private final int[] widths;
    private boolean headed;

    public TextTable(List<String> columns) {
        this.columns = List.copyOf(columns);
        widths = new int[columns.size()];
    }

    /** Reserves the width of a later value, before the first row. */
    public TextTable widen(String column, String value) {
        int i = columns.indexOf(column);
        widths[i] = Math.max(widths[i], value.length());
        return this;
    }

    /** Returns the line of a row, preceded by the header if it is the first one; each line ends with a line feed. */
    public String line(Row row) {
        StringBuilder text = new StringBuilder();
        if (!headed) {
            headed = true;
            for (int i = 0; i < widths.length; i++) {
                int value = cell(row.get(columns.get(i))).length();
                widths[i] = Math.max(Math.max(NARROWEST, widths[i]), Math.max(columns.get(i).length(), value));
                append(text, columns.get(i), i, row.get(columns.get(i)) instanceof Number);
            }
            end(text);
        }
        for (int i = 0; i < widths.length; i++) {
            Object value = row.get(columns.get(i));
            append(text, cell(value), i, value instanceof Number);
        }
        end(text);
        return text.toString();
    }

    private void append(StringBuilder text, String cell, int column, boolean right) {
        String padding = " ".repeat(Math.max(0, widths[column] - cell.length()));
        text.append(column == 0 ? "" : "  ").append(right ? padding + cell : cell + padding);
    }

    private static void end(StringBuilder text) {
        while (!text.isEmpty() && text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        text.append('\n');
    }

    /** Formats a value: five significant digits, thousands separators, nothing for null. */
    public static String cell(Object value) {
        return switch (value) {
            case null -> "";
            case Double number -> number(number);
            case List<?> list -> list.stream().map(Object::toString).collect(Collectors.joining(" "));
            case Boolean truth -> truth ? "yes" : "no";
            case Long number -> String.format(Locale.ROOT, "%,d", number);
            default -> value.toString();
        };
    }

    private static String number(double value) {
        double magnitude = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (magnitude < 1e-3 || magnitude >= 1e6) {
            return String.format(Locale.ROOT, "%.3e", value);
        }
        int decimals = Math.max(1, 4 - (int) Math.floor(Math.log10(magnitude)));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
