package org.eden4j.simulator.figures;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.eden4j.simulator.output.Row;
import org.eden4j.simulator.output.TextTable;
import org.eden4j.simulator.report.HtmlTable;

/** All rows as a table of the fields in which they differ; the fields they share are stated in a sentence. */
record ResultTable(List<Row> rows) {
    private static final int LONGEST = 60;

    /** Returns the fields whose values differ between rows, or all fields if there is one row. */
    HtmlTable table() {
        List<String> columns = fields().stream()
            .filter(field -> rows.size() == 1 || Fields.varies(rows, field))
            .toList();
        List<List<String>> cells = new ArrayList<>();
        for (Row row : rows) {
            cells.add(columns.stream().map(column -> cell(row.get(column))).toList());
        }
        return new HtmlTable(columns, cells);
    }

    private static String cell(Object value) {
        return TextTable.cell(value);
    }

    /** Returns the fields whose value is the same in all rows. */
    String common() {
        StringJoiner common = new StringJoiner(", ", "The same in all rows: ", ".");
        common.setEmptyValue("");
        for (String field : fields()) {
            String value = cell(rows.getFirst().get(field));
            if (rows.size() > 1 && !Fields.varies(rows, field) && !value.isEmpty() && value.length() < LONGEST) {
                common.add(field + " " + value);
            }
        }
        return common.toString();
    }

    private List<String> fields() {
        Set<String> fields = new LinkedHashSet<>();
        rows.forEach(row -> fields.addAll(row.fields().keySet()));
        fields.remove("command");
        fields.remove("layers");
        return List.copyOf(fields);
    }
}
