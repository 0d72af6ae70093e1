package org.eden4j.simulator.output;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values according to RFC 4180 with fixed columns; a value absent from a row is empty. */
final class Csv {
    private final List<String> columns;
    private boolean headed;

    Csv(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Returns the line of a row, preceded by the header if it is the first one; each line ends with a line feed. */
    String line(Row row) {
        String line = columns.stream().map(name -> cell(row.get(name))).collect(Collectors.joining(",", "", "\n"));
        if (headed) {
            return line;
        }
        headed = true;
        return String.join(",", columns) + "\n" + line;
    }

    private static String cell(Object value) {
        String text = value == null ? "" : value.toString();
        boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
