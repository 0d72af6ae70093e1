package org.eden4j.compressor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A comma-separated table among the test resources: rows by column name, without the quotes around fields. */
public final class ReferenceTable {
    private static final String COMMA_OUTSIDE_QUOTES = ",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)";

    private ReferenceTable() {}

    /** One row. */
    public record Row(Map<String, String> fields) {
        public String text(String column) {
            String value = fields.get(column);
            if (value == null) {
                throw new IllegalArgumentException("no column " + column + " in " + fields.keySet());
            }
            return value;
        }

        public double number(String column) {
            String value = text(column);
            return value.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
        }

        public int integer(String column) {
            return Integer.parseInt(text(column));
        }
    }

    /** Reads a table by its path, such as {@code /reference/vnmse.csv}. */
    public static List<Row> read(String path) {
        List<String> lines = lines(path);
        String[] header = lines.getFirst().split(",");
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(COMMA_OUTSIDE_QUOTES, -1);
            Map<String, String> fields = HashMap.newHashMap(header.length);
            for (int i = 0; i < header.length; i++) {
                fields.put(header[i], values[i].replace("\"", ""));
            }
            rows.add(new Row(fields));
        }
        return rows;
    }

    private static List<String> lines(String path) {
        try (InputStream in = ReferenceTable.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read test resource " + path, e);
        }
    }
}
