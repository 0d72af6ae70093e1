package org.eden4j.simulator.output;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the rows left in a directory by a command that may have been interrupted. */
public final class EarlierResults {
    /** Option of a command that continues, which the first command did not have. */
    private static final String RESUME = "--resume";

    private EarlierResults() {}

    /**
     * Returns the complete lines of {@code results.jsonl}, none if the directory has no results yet. A truncated last
     * line is ignored.
     *
     * @param manifest manifest of the command that continues; everything except {@code --resume} must be unchanged
     * @throws IllegalArgumentException if the directory holds the results of another command, or something else
     */
    public static List<Row> read(Path directory, Manifest manifest) {
        Path file = directory.resolve(Results.JSON_LINES);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            check(directory, manifest);
            return rows(file);
        } catch (IOException e) {
            throw new UncheckedIOException("--resume: " + directory + " cannot be read: " + e, e);
        }
    }

    /** Returns the complete lines of a file of rows. */
    public static List<Row> rows(Path file) throws IOException {
        String text = Files.readString(file);
        List<Row> rows = new ArrayList<>();
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> rows.add(row(line)));
        return rows;
    }

    private static void check(Path directory, Manifest manifest) throws IOException {
        JsonNode earlier = Json.parse(Files.readString(directory.resolve(Results.MANIFEST)));
        List<String> arguments = new ArrayList<>();
        earlier.path("arguments").forEach(argument -> arguments.add(argument.asText()));
        arguments.removeIf(RESUME::equals);
        List<String> now = new ArrayList<>(manifest.arguments());
        now.removeIf(RESUME::equals);
        if (!arguments.equals(now)) {
            throw new IllegalArgumentException("--resume: " + directory + " holds the results of '"
                    + String.join(" ", arguments) + "', this command is '" + String.join(" ", now)
                    + "': repeat the same command, or choose another --out");
        }
    }

    private static Row row(String line) {
        Row row = new Row();
        for (Map.Entry<String, Object> field : Json.fields(line).entrySet()) {
            row.put(field.getKey(), field.getValue());
        }
        return row;
    }
}
