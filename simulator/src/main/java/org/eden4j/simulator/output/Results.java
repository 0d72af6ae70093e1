package org.eden4j.simulator.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;

/**
 * The destination of a command's rows: standard output in the chosen format, flushed after each row, and with
 * {@code --out} also {@code results.jsonl} and {@code results.csv} in that directory, next to a {@code manifest.json}.
 * Each row is in the files before the next one is measured, so an interrupted command leaves usable files. Thread-safe.
 */
public final class Results implements AutoCloseable {
    static final String JSON_LINES = "results.jsonl";
    static final String MANIFEST = "manifest.json";
    private static final String CSV = "results.csv";

    private final Format format;
    private final PrintWriter out;
    private final TextTable table;
    private final Csv csv;
    private final Csv csvInFile;
    /** Null if no directory was requested, as is {@link #csvFile}. */
    private final Writer file;
    private final Writer csvFile;

    /**
     * Opens the destination.
     *
     * @param columns all fields printed as CSV, in order
     * @param textColumns the fields printed as text, in order
     * @param directory directory of the files, null for none
     * @param earlier rows of the same command that are already in the files, see {@link EarlierResults}; they are
     *         printed
     * @throws UncheckedIOException if the directory or a file in it cannot be written
     */
    public Results(
            Format format, PrintWriter out, List<String> columns, List<String> textColumns, Path directory,
            Manifest manifest, List<Row> earlier) {
        this.format = format;
        this.out = out;
        table = new TextTable(textColumns);
        csv = new Csv(columns);
        csvInFile = new Csv(columns);
        if (directory == null) {
            file = null;
            csvFile = null;
            return;
        }
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(MANIFEST), Json.pretty(manifest.fields()));
            keep(directory, earlier);
            file = Files.newBufferedWriter(directory.resolve(JSON_LINES), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            csvFile = Files.newBufferedWriter(directory.resolve(CSV));
            for (Row row : earlier) {
                csvFile.write(csvInFile.line(row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("--out " + directory + " cannot be written: " + e, e);
        }
        earlier.forEach(this::show);
    }

    /** Rewrites the file with the earlier rows only, atomically: they may have taken hours. */
    private static void keep(Path directory, List<Row> earlier) throws IOException {
        StringBuilder lines = new StringBuilder();
        earlier.forEach(row -> lines.append(Json.line(row.fields())).append('\n'));
        Path part = Files.writeString(directory.resolve(JSON_LINES + ".part"), lines);
        Files.move(part, directory.resolve(JSON_LINES), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Reserves the width of later values of a column in the text form. */
    public void widen(String column, Collection<String> values) {
        values.forEach(value -> table.widen(column, value));
    }

    /** Prints a row and stores it. */
    public synchronized void add(Row row) {
        show(row);
        keep(row);
        keepInCsv(row);
    }

    private void show(Row row) {
        print(switch (format) {
            case text -> table.line(row);
            case json -> Json.line(row.fields()) + "\n";
            case csv -> csv.line(row);
        });
    }

    /** Prints a row that is not a measurement: a line in JSON, the sentence in text, nothing in CSV. */
    public synchronized void note(Row row, String sentence) {
        switch (format) {
            case text -> print(sentence + "\n");
            case json -> print(Json.line(row.fields()) + "\n");
            case csv -> {
            }
        }
        keep(row);
    }

    /** Prints a row in formats for programs only, and stores it. */
    public synchronized void detail(Row row) {
        if (format != Format.text) {
            add(row);
        } else {
            keep(row);
            keepInCsv(row);
        }
    }

    /** Stores a row in the files without printing it. */
    public synchronized void keepOnly(Row row) {
        keep(row);
        keepInCsv(row);
    }

    /** Prints text in the text format only. */
    public synchronized void text(String text) {
        if (format == Format.text) {
            print(text);
        }
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }

    private void keep(Row row) {
        if (file == null) {
            return;
        }
        try {
            file.write(Json.line(row.fields()) + "\n");
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("results.jsonl cannot be written: " + e, e);
        }
    }

    private void keepInCsv(Row row) {
        if (csvFile == null) {
            return;
        }
        try {
            csvFile.write(csvInFile.line(row));
            csvFile.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("results.csv cannot be written: " + e, e);
        }
    }

    @Override
    public synchronized void close() {
        if (file == null) {
            return;
        }
        try (file; csvFile) {
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the results cannot be written: " + e, e);
        }
    }
}
