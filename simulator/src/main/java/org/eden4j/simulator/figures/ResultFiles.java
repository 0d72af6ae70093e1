package org.eden4j.simulator.figures;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eden4j.simulator.output.EarlierResults;
import org.eden4j.simulator.output.Json;
import org.eden4j.simulator.output.Row;

/**
 * The results of a command in a directory.
 *
 * @param rows measurements; lists of processes are omitted
 * @param manifest null if there is none
 */
record ResultFiles(Path directory, List<Row> rows, JsonNode manifest) {
    private static final String LINES = "results.jsonl";
    private static final String MANIFEST = "manifest.json";

    /**
     * Reads a directory and its subdirectories.
     *
     * @throws IllegalArgumentException if there are no results, or lines that are not results
     */
    static List<ResultFiles> in(Path directory) throws IOException {
        List<ResultFiles> all = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(directory + " is not a directory: --in takes the --out of a command");
        }
        try (Stream<Path> files = Files.walk(directory, 2)) {
            for (Path file : files.filter(path -> path.endsWith(LINES)).sorted().toList()) {
                all.add(read(file.getParent()));
            }
        }
        all.removeIf(files -> files.rows.isEmpty());
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "no " + LINES + " with rows in " + directory + ": --in takes the --out of a command");
        }
        return all;
    }

    private static ResultFiles read(Path directory) throws IOException {
        List<Row> rows = new ArrayList<>(EarlierResults.rows(directory.resolve(LINES)));
        rows.removeIf(row -> Fields.has(row, "processes"));
        Path manifest = directory.resolve(MANIFEST);
        return new ResultFiles(directory, rows,
                Files.exists(manifest) ? Json.parse(Files.readString(manifest)) : null);
    }

    /** Returns the name of the command. */
    String command() {
        return Fields.text(rows.getFirst(), "command");
    }

    /** Returns the command line, empty if there is no manifest. */
    String line() {
        if (manifest == null) {
            return "";
        }
        StringBuilder line = new StringBuilder("./eden");
        manifest.path("arguments").forEach(argument -> line.append(' ').append(argument.asText()));
        return line.toString();
    }
}
