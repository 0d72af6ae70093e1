package org.eden4j.simulator.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;

/** Draws an image with {@value #PIXELS} times as many pixels, in the colours of the light theme. */
final class ImageCanvas implements Canvas {
    private static final int PIXELS = 2;
    private static final double RADIUS = 3.6;

    private final BufferedImage image;
    private final Graphics2D graphics;

    ImageCanvas(int width, int height) {
        image = new BufferedImage(PIXELS * width, PIXELS * height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.scale(PIXELS, PIXELS);
        graphics.setColor(colour(Ink.PAPER));
        graphics.fillRect(0, 0, width, height);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, ChartDrawing.FONT_PIXELS));
    }

    /** Returns the image; nothing can be drawn afterwards. */
    BufferedImage image() {
        graphics.dispose();
        return image;
    }

    private static Color colour(Ink ink) {
        return Color.decode(ink.light());
    }

    private void draw(Shape shape, Ink ink, BasicStroke stroke) {
        graphics.setColor(colour(ink));
        graphics.setStroke(stroke);
        graphics.draw(shape);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, Ink ink, double width) {
        draw(new Line2D.Double(x1, y1, x2, y2), ink, new BasicStroke((float) width));
    }

    @Override
    public void path(double[] x, double[] y, Ink ink, boolean dashed) {
        BasicStroke stroke = dashed
                ? new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[]{6, 4}, 0)
                : new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
        draw(lines(x, y), ink, stroke);
    }

    private static Path2D lines(double[] x, double[] y) {
        Path2D path = new Path2D.Double();
        path.moveTo(x[0], y[0]);
        for (int i = 1; i < x.length; i++) {
            path.lineTo(x[i], y[i]);
        }
        return path;
    }

    @Override
    public void marker(int shape, double x, double y, Ink ink, String hint) {
        double r = RADIUS;
        graphics.setColor(colour(ink));
        graphics.fill(switch (shape % 4) {
            case 0 -> new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
            case 1 -> lines(new double[]{x - r, x + r, x + r, x - r}, new double[]{y - r, y - r, y + r, y + r});
            case 2 -> lines(new double[]{x, x + 1.2 * r, x - 1.2 * r}, new double[]{y - 1.2 * r, y + r, y + r});
            default -> lines(new double[]{x, x + 1.4 * r, x, x - 1.4 * r},
                    new double[]{y - 1.4 * r, y, y + 1.4 * r, y});
        });
    }

    @Override
    public void text(String text, double x, double y, Ink ink, Anchor anchor) {
        double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
        double left = switch (anchor) {
            case START -> x;
            case MIDDLE -> x - width / 2;
            case END -> x - width;
        };
        graphics.setColor(colour(ink));
        graphics.drawString(text, (float) left, (float) y);
    }

    @Override
    public void beginSeries(int index, String name) {
        // Images have no parts.
    }

    @Override
    public void endSeries() {
        // Images have no parts.
    }
}
