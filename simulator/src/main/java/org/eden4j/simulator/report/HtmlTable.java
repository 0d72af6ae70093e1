package org.eden4j.simulator.report;

import java.util.List;

/**
 * A table of texts. The first column names the row, the others hold numbers and are aligned to the right. Buttons in
 * the header sort the table.
 *
 * @param columns headings
 * @param rows rows with one cell per heading
 */
public record HtmlTable(List<String> columns, List<List<String>> rows) {
    public HtmlTable {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException("row " + row + " does not have the " + columns.size() + " columns");
            }
        }
    }

    String html() {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table>\n<thead><tr>");
        columns.forEach(column -> html.append("<th scope=\"col\"><button type=\"button\">")
            .append(Page.escape(column))
            .append("</button></th>"));
        html.append("</tr></thead>\n<tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(Page.escape(cell)).append("</td>"));
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>\n").toString();
    }
}
