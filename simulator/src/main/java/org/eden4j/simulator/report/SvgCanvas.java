package org.eden4j.simulator.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Draws the elements of an {@code svg}, with colours as CSS variables that follow the reader's theme. */
final class SvgCanvas implements Canvas {
    private static final double RADIUS = 3.6;

    private final StringBuilder svg = new StringBuilder();

    /** Returns the elements drawn so far. */
    String elements() {
        return svg.toString();
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Ink ink, double width) {
        add("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" stroke=\"var(--%s)\" stroke-width=\"%s\"/>", n(x1), n(y1),
                n(x2), n(y2), ink.name(), n(width));
    }

    @Override
    public void path(double[] x, double[] y, Ink ink, boolean dashed) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < x.length; i++) {
            points.append(i == 0 ? "" : " ").append(n(x[i])).append(',').append(n(y[i]));
        }
        add("<polyline points=\"%s\" fill=\"none\" stroke=\"var(--%s)\" stroke-width=\"1.8\"%s/>", points, ink.name(),
                dashed ? " stroke-dasharray=\"6 4\"" : "");
    }

    @Override
    public void marker(int shape, double x, double y, Ink ink, String hint) {
        add("<g class=\"pt\" data-x=\"%s\" data-y=\"%s\" fill=\"var(--%s)\">%s<title>%s</title></g>", n(x), n(y),
                ink.name(), shape(shape, x, y), Page.escape(hint));
    }

    /** Returns the shape of a marker. */
    static String shape(int shape, double x, double y) {
        double r = RADIUS;
        return switch (shape % 4) {
            case 0 -> String.format(Locale.ROOT, "<circle cx=\"%s\" cy=\"%s\" r=\"%s\"/>", n(x), n(y), n(r));
            case 1 -> polygon(x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r);
            case 2 -> polygon(x, y - 1.2 * r, x + 1.2 * r, y + r, x - 1.2 * r, y + r);
            default -> polygon(x, y - 1.4 * r, x + 1.4 * r, y, x, y + 1.4 * r, x - 1.4 * r, y);
        };
    }

    private static String polygon(double... corners) {
        StringBuilder points = new StringBuilder("<polygon points=\"");
        for (int i = 0; i < corners.length; i++) {
            points.append(i == 0 ? "" : i % 2 == 0 ? " " : ",").append(n(corners[i]));
        }
        return points.append("\"/>").toString();
    }

    @Override
    public void text(String text, double x, double y, Ink ink, Anchor anchor) {
        add("<text x=\"%s\" y=\"%s\" fill=\"var(--%s)\" text-anchor=\"%s\">%s</text>", n(x), n(y), ink.name(),
                anchor.name().toLowerCase(Locale.ROOT), Page.escape(text));
    }

    @Override
    public void beginSeries(int index, String name) {
        add("<g class=\"series\" data-series=\"%d\">", index);
    }

    @Override
    public void endSeries() {
        add("</g>");
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** Formats a number of pixels to a tenth. */
    private static String n(double value) {
        return new BigDecimal(value).setScale(1, RoundingMode.HALF_EVEN).stripTrailingZeros().toPlainString();
    }
}
