package org.eden4j.simulator.report;

/** What a chart is drawn on. Positions are pixels from the upper left corner. */
interface Canvas {
    /** Where a text stands relative to its position, which is on its base line. */
    enum Anchor {
        START, MIDDLE, END
    }

    void line(double x1, double y1, double x2, double y2, Ink ink, double width);

    /** A line through these points. */
    void path(double[] x, double[] y, Ink ink, boolean dashed);

    /**
     * The mark of a measured point.
     *
     * @param shape 0 to 3: disc, square, triangle, diamond
     * @param hint what it says when it is pointed at
     */
    void marker(int shape, double x, double y, Ink ink, String hint);

    void text(String text, double x, double y, Ink ink, Anchor anchor);

    /** What is drawn from now on, up to {@link #endSeries}, is this series. */
    void beginSeries(int index, String name);

    void endSeries();
}
