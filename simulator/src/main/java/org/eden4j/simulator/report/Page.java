package org.eden4j.simulator.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An HTML page that needs nothing but itself, made from the top down. */
public final class Page {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>%s</title>
            <style>
            :root { --paper: #ffffff; --ink: #1f2430; --soft: #5c6370; --grid: #dfe2e8; --band: #f5f6f9;
              --line-1: #6b7280; --line-2: #1d6fd1; --line-3: #c2410c; --line-4: #15803d; --line-5: #7e22ce; --line-6: #0f766e; }
            @media (prefers-color-scheme: dark) {
              :root { --paper: #14171d; --ink: #e4e7ee; --soft: #9aa2b1; --grid: #333945; --band: #1c2028;
                --line-1: #9ca3af; --line-2: #60a5fa; --line-3: #fb923c; --line-4: #4ade80; --line-5: #c084fc; --line-6: #2dd4bf; } }
            body { background: var(--paper); color: var(--ink); margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem;
              font: 1rem/1.55 system-ui, sans-serif; }
            h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
            h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
            p { margin: .5rem 0; }
            .soft, footer { color: var(--soft); font-size: .9rem; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%%; }
            th, td { padding: .4rem .5rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
            th:first-child, td:first-child { text-align: left; }
            th { color: var(--soft); font-weight: 600; font-size: .9rem; }
            tbody tr:nth-child(even) { background: var(--band); }
            svg { display: block; width: 100%%; height: auto; }
            pre { background: var(--band); padding: .8rem 1rem; overflow-x: auto; font-size: .85rem; }
            footer { margin-top: 3rem; border-top: 1px solid var(--grid); padding-top: 1rem; }
            </style>
            </head>
            <body>
            """;

    private final StringBuilder html = new StringBuilder();
    private int charts;

    public Page(String title) {
        html.append(HEAD.formatted(escape(title)));
        html.append("<h1>").append(escape(title)).append("</h1>\n");
    }

    public Page heading(String text) {
        html.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    public Page paragraph(String text) {
        html.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** Small print. */
    public Page note(String text) {
        html.append("<p class=\"soft\">").append(escape(text)).append("</p>\n");
        return this;
    }

    public Page table(HtmlTable table) {
        html.append(table.html());
        return this;
    }

    public Page chart(LineChart chart) {
        charts++;
        html.append("<div class=\"wide\">").append(chart.svg("c" + charts)).append("</div>\n");
        return this;
    }

    /** Text as it stands, in a fixed width. */
    public Page code(String text) {
        html.append("<pre>").append(escape(text)).append("</pre>\n");
        return this;
    }

    /** The whole page. */
    public String html() {
        return html + "</body>\n</html>\n";
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
