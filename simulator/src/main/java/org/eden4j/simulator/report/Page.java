package org.eden4j.simulator.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A self-contained HTML page, built from top to bottom: light or dark as the reader's system or choice, for wide and
 * narrow screens and for print. Buttons sort tables and switch lines of charts; points show their numbers when pointed
 * at or reached with the arrow keys. Everything can be read without scripts.
 */
public final class Page {
    private static final int WIDE = 900;
    private static final int WIDE_HEIGHT = 440;
    private static final int NARROW = 380;
    private static final int NARROW_HEIGHT = 330;

    private final String title;
    private final StringBuilder body = new StringBuilder();
    private int charts;

    public Page(String title) {
        this.title = title;
    }

    public Page heading(String text) {
        return element("h2", text);
    }

    public Page paragraph(String text) {
        return element("p", text);
    }

    private Page element(String name, String text) {
        body.append('<').append(name).append('>').append(escape(text)).append("</").append(name).append(">\n");
        return this;
    }

    /** Adds small print. */
    public Page note(String text) {
        body.append("<p class=\"soft\">").append(escape(text)).append("</p>\n");
        return this;
    }

    public Page table(HtmlTable table) {
        body.append(table.html());
        return this;
    }

    /** Adds a chart with its legend, drawn once for wide and once for narrow screens. */
    public Page chart(Chart chart) {
        charts++;
        body.append("<figure id=\"chart-").append(charts).append("\">\n<div class=\"legend\">\n");
        for (int i = 0; i < chart.series().size(); i++) {
            legend(chart.series().get(i), i);
        }
        body.append("</div>\n<div class=\"large\">\n")
            .append(chart.svg(WIDE, WIDE_HEIGHT))
            .append("</div>\n<div class=\"small\">\n")
            .append(chart.svg(NARROW, NARROW_HEIGHT))
            .append("</div>\n</figure>\n");
        return this;
    }

    private void legend(Series series, int index) {
        String ink = Ink.line(index).name();
        String mark = series.curve() ? "" : SvgCanvas.shape(Ink.marker(index), 11, 6);
        body.append(String.format(Locale.ROOT,
                "<button type=\"button\" data-series=\"%d\" aria-pressed=\"true\"><svg class=\"key\" viewBox=\"0 0 22 12\""
                        + " aria-hidden=\"true\"><path d=\"M0 6H22\" stroke=\"var(--%s)\" stroke-width=\"1.8\"%s/>"
                        + "<g fill=\"var(--%s)\">%s</g></svg>%s</button>%n",
                index, ink, series.curve() ? " stroke-dasharray=\"6 4\"" : "", ink, mark, escape(series.name())));
    }

    /** Adds preformatted text. */
    public Page code(String text) {
        body.append("<pre>").append(escape(text)).append("</pre>\n");
        return this;
    }

    /** Returns the whole page. */
    public String html() {
        String style = ":root { " + Ink.variables(false) + "}\n@media (prefers-color-scheme: dark) { :root { "
                + Ink.variables(true) + "} }\n:root[data-theme=light] { " + Ink.variables(false)
                + "}\n:root[data-theme=dark] { " + Ink.variables(true) + "}\n" + resource("page.css")
                + "@media print { :root, :root[data-theme] { " + Ink.variables(false) + "} }\n";
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" + escape(title)
                + "</title>\n<style>\n" + style + "</style>\n</head>\n<body>\n"
                + "<button type=\"button\" id=\"theme\">light or dark</button>\n<h1>" + escape(title) + "</h1>\n"
                + body + "<div id=\"tip\" role=\"status\" hidden></div>\n<script>\n" + resource("page.js")
                + "</script>\n</body>\n</html>\n";
    }

    private static String resource(String name) {
        try (InputStream stream = Page.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " of the page cannot be read: " + e, e);
        }
    }

    /** Writes the page. */
    public void write(Path file) {
        try {
            Files.writeString(file, html());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e, e);
        }
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
