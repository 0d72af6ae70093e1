package org.eden4j.simulator.report;

/** A surface for drawing a chart. Positions are pixels from the upper left corner. */
interface Canvas {
    /** Alignment of a text relative to its position, which is on its base line. */
    enum Anchor {
        START, MIDDLE, END
    }

    void line(double x1, double y1, double x2, double y2, Ink ink, double width);

    /** Draws a line through these points. */
    void path(double[] x, double[] y, Ink ink, boolean dashed);

    /**
     * Draws the mark of a measured point.
     *
     * @param shape 0 to 3: disc, square, triangle, diamond
     * @param hint text shown when it is pointed at
     */
    void marker(int shape, double x, double y, Ink ink, String hint);

    void text(String text, double x, double y, Ink ink, Anchor anchor);

    /** Starts a series: everything drawn up to {@link #endSeries} belongs to it. */
    void beginSeries(int index, String name);

    void endSeries();
}
