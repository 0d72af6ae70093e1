package org.eden4j.simulator.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;

/**
 * A chart of lines and points: part of a {@link Page}, or a file.
 *
 * @param series at least one, with at least one point within the axes
 */
public record Chart(Axis x, Axis y, List<Series> series) {
    private static final int FILE_WIDTH = 900;
    private static final int FILE_HEIGHT = 520;
    private static final String FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";

    public Chart {
        series = List.copyOf(series);
        boolean any = series.stream()
            .flatMap(line -> line.points().stream())
            .anyMatch(point -> x.shows(point.x()) && y.shows(point.y()));
        if (!any) {
            throw new IllegalArgumentException("a chart of " + y.title() + " has no point to show");
        }
    }

    /** Returns the points of a series that the axes show. */
    List<Series.Point> shown(Series line) {
        return line.points().stream().filter(point -> x.shows(point.x()) && y.shows(point.y())).toList();
    }

    /** Returns one coordinate of all points shown; formulas do not extend an axis if anything was measured. */
    double[] values(ToDoubleFunction<Series.Point> coordinate) {
        boolean measured = series.stream().anyMatch(line -> !line.curve() && !shown(line).isEmpty());
        return series.stream()
            .filter(line -> !measured || !line.curve())
            .flatMap(line -> shown(line).stream())
            .mapToDouble(coordinate)
            .toArray();
    }

    /** Returns the chart as an {@code svg} element of a page, which has the legend. */
    String svg(int width, int height) {
        SvgCanvas canvas = new SvgCanvas();
        new ChartDrawing(this, width, height).draw(canvas);
        String label = Page.escape(y.title() + " against " + x.title());
        return String.format(Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" font-size=\"%d\" role=\"img\" tabindex=\"0\" aria-label=\"%s\">%n", width,
                height, ChartDrawing.FONT_PIXELS, label) + canvas.elements() + "</svg>\n";
    }

    /** Returns the chart as an SVG document with its legend, in the reader's light or dark theme. */
    String document() {
        int height = FILE_HEIGHT + ChartDrawing.legendHeight(this, FILE_WIDTH);
        SvgCanvas canvas = new SvgCanvas();
        ChartDrawing drawing = new ChartDrawing(this, FILE_WIDTH, FILE_HEIGHT);
        drawing.draw(canvas);
        drawing.drawLegend(canvas, FILE_HEIGHT);
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-size="%d">
                <style>
                svg { font-family: %s; %s }
                @media (prefers-color-scheme: dark) { svg { %s } }
                </style>
                <rect width="100%%" height="100%%" fill="var(--paper)"/>
                """, FILE_WIDTH, height, FILE_WIDTH, height, ChartDrawing.FONT_PIXELS, FONT, Ink.variables(false),
                Ink.variables(true)) + canvas.elements() + "</svg>\n";
    }

    /**
     * Writes {@code NAME.svg} and {@code NAME.png}.
     *
     * @throws UncheckedIOException if one of them cannot be written
     */
    public void write(Path directory, String name) {
        int height = FILE_HEIGHT + ChartDrawing.legendHeight(this, FILE_WIDTH);
        ImageCanvas canvas = new ImageCanvas(FILE_WIDTH, height);
        ChartDrawing drawing = new ChartDrawing(this, FILE_WIDTH, FILE_HEIGHT);
        drawing.draw(canvas);
        drawing.drawLegend(canvas, FILE_HEIGHT);
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(name + ".svg"), document());
            if (!ImageIO.write(canvas.image(), "png", directory.resolve(name + ".png").toFile())) {
                throw new IOException("this JDK has no PNG writer");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the chart " + name + " cannot be written to " + directory + ": " + e, e);
        }
    }
}
