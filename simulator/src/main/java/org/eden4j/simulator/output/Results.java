package org.eden4j.simulator.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Where a command's rows go: to standard output in the chosen format, flushed one by one, and with {@code --out} also to
 * {@code results.jsonl} in that directory, beside a {@code manifest.json}. Thread-safe.
 */
public final class Results implements AutoCloseable {
    private final Format format;
    private final PrintWriter out;
    private final TextTable table;
    private final Csv csv;
    private final Writer file;

    /**
     * @param columns every field that CSV prints, in order
     * @param textColumns the fields that people see, in order
     * @param directory where the files go, null for none
     * @throws UncheckedIOException if the directory or a file in it cannot be written
     */
    public Results(
            Format format, PrintWriter out, List<String> columns, List<String> textColumns, Path directory,
            Manifest manifest) {
        this.format = format;
        this.out = out;
        table = new TextTable(textColumns);
        csv = new Csv(columns);
        file = directory == null ? null : open(directory, manifest);
    }

    private static Writer open(Path directory, Manifest manifest) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("manifest.json"), Json.pretty(manifest.fields()));
            return Files.newBufferedWriter(directory.resolve("results.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException("--out " + directory + " cannot be written: " + e, e);
        }
    }

    /** Makes room in the text form for values of a column that will come. */
    public void widen(String column, Collection<String> values) {
        values.forEach(value -> table.widen(column, value));
    }

    /** Prints a row and keeps it. */
    public synchronized void add(Row row) {
        print(switch (format) {
            case text -> table.line(row);
            case json -> Json.line(row.fields()) + "\n";
            case csv -> csv.line(row);
        });
        keep(row);
    }

    /** Prints a row that is no measurement: as JSON it is one more line, as text the sentence, as CSV nothing. */
    public synchronized void note(Row row, String sentence) {
        switch (format) {
            case text -> print(sentence + "\n");
            case json -> print(Json.line(row.fields()) + "\n");
            case csv -> {
            }
        }
        keep(row);
    }

    /** Prints a row for machines only, and keeps it. */
    public synchronized void detail(Row row) {
        if (format != Format.text) {
            add(row);
        } else {
            keep(row);
        }
    }

    /** Prints what only people read. */
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

    @Override
    public synchronized void close() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("results.jsonl cannot be written: " + e, e);
        }
    }
}
