package org.eden4j.simulator.figures;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eden4j.simulator.report.Page;

/** The page of one or more result directories: charts, tables, and the commands that reproduce them. */
public final class ReportPage {
    private final Page page;
    private final List<Figure> figures = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private ReportPage(List<ResultFiles> all) {
        page = new Page(all.size() == 1 ? "eden4j: " + all.getFirst().command() : "eden4j: results");
        all.forEach(files -> add(files, all.size() > 1));
    }

    /**
     * Reads the {@code --out} of a command, or a directory of several, and writes the page, and its charts as SVG and
     * PNG to the directory {@code charts} next to it.
     *
     * @return the number of charts
     * @throws IllegalArgumentException if there are no results to read
     */
    public static int write(Path directory, Path file) {
        try {
            ReportPage report = new ReportPage(ResultFiles.in(directory));
            Path parent = file.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            report.page.write(file);
            for (Figure figure : report.figures) {
                figure.chart().write(parent.resolve("charts"), figure.name());
            }
            return report.figures.size();
        } catch (IOException e) {
            throw new UncheckedIOException("the report of " + directory + " cannot be made: " + e, e);
        }
    }

    private void add(ResultFiles files, boolean several) {
        if (several) {
            page.heading(files.command() + ": " + files.directory().getFileName());
        }
        ResultTable table = new ResultTable(files.rows());
        if (!table.common().isEmpty()) {
            page.note(table.common());
        }
        for (Figure figure : figures(files)) {
            page.heading(figure.title()).chart(figure.chart());
            if (!figure.note().isEmpty()) {
                page.note(figure.note());
            }
            String name = figure.name();
            for (int i = 2; !names.add(name); i++) {
                name = figure.name() + "-" + i;
            }
            figures.add(new Figure(name, figure.title(), figure.note(), figure.chart()));
        }
        page.heading("All numbers").table(table.table());
        if (files.manifest() != null) {
            page.heading("How to reproduce this").code(files.line());
            page.note("Seed " + said(files, "seed") + ", version " + said(files, "version") + ", " + said(files, "jdk")
                    + ", " + said(files, "cpu") + ", " + said(files, "cores") + " cores, " + said(files, "date") + ".");
        }
    }

    private static String said(ResultFiles files, String field) {
        return files.manifest().path(field).asText();
    }

    private static List<Figure> figures(ResultFiles files) {
        return switch (files.command()) {
            case "sweep" -> SweepFigures.of(files.rows());
            case "train", "demo" -> RunFigures.ofTraining(files.rows());
            case "mean" -> RunFigures.ofMean(files.rows());
            case "task" -> RunFigures.ofTask(files.rows());
            case "advise" -> RunFigures.ofAdvice(files.rows());
            default -> List.of();
        };
    }
}
