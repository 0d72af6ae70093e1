package org.eden4j.simulator.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A chart of a few lines. Its SVG names colours by the CSS variables of {@link Page}, so that it follows the reader's light
 * or dark theme: the chart is drawn in marker colours, which are replaced in the text.
 *
 * @param xTitle what the horizontal axis shows, with its unit
 * @param yTitle what the vertical axis shows, with its unit
 * @param logarithmicX whether the horizontal axis is logarithmic
 * @param lines at most {@value #MOST_LINES}
 */
public record LineChart(String xTitle, String yTitle, boolean logarithmicX, List<Line> lines) {
    static final int MOST_LINES = 6;

    private static final int WIDTH = 760;
    private static final int HEIGHT = 400;
    private static final float STROKE = 2.2f;
    private static final Color INK = new Color(1, 2, 3);
    private static final Color GRID = new Color(4, 5, 6);
    private static final Color NOTHING = new Color(0, 0, 0, 0);
    private static final Map<Color, String> VARIABLES = Map.of(INK, "--ink", GRID, "--grid", series(0), "--line-1",
            series(1), "--line-2", series(2), "--line-3", series(3), "--line-4", series(4), "--line-5", series(5),
            "--line-6");

    public LineChart {
        lines = List.copyOf(lines);
        if (lines.isEmpty() || lines.size() > MOST_LINES) {
            throw new IllegalArgumentException("a chart has 1 to " + MOST_LINES + " lines, got " + lines.size());
        }
    }

    /**
     * One line.
     *
     * @param name as the legend shows it
     * @param x positions, ascending
     * @param y values
     */
    public record Line(String name, List<Double> x, List<Double> y) {
        public Line {
            x = List.copyOf(x);
            y = List.copyOf(y);
        }
    }

    private static Color series(int index) {
        return new Color(11 + index, 7, 9);
    }

    /**
     * The chart as an {@code svg} element.
     *
     * @param id tells this chart's parts from those of others on the page
     */
    public String svg(String id) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(xTitle).yAxisTitle(yTitle).build();
        style(chart.getStyler());
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
            series.setLineColor(series(i));
            series.setMarkerColor(series(i));
            series.setMarker(SeriesMarkers.CIRCLE);
            series.setLineStyle(new BasicStroke(STROKE));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ChartEncoder.saveChart(chart, bytes, "svg");
        } catch (IOException e) {
            throw new UncheckedIOException("the chart of " + yTitle + " cannot be drawn: " + e, e);
        }
        String document = bytes.toString(StandardCharsets.UTF_8);
        String svg = document.substring(document.indexOf("<svg"))
            .replaceFirst(" height=\"" + HEIGHT + "px\"", "")
            .replaceFirst(" width=\"" + WIDTH + "px\"", "")
            .replaceAll("clip(\\d+)", "clip-" + id + "-$1");
        for (Map.Entry<Color, String> variable : VARIABLES.entrySet()) {
            Color marker = variable.getKey();
            String rgb = "rgb(" + marker.getRed() + "," + marker.getGreen() + "," + marker.getBlue() + ")";
            svg = svg.replace(rgb, "var(" + variable.getValue() + ")");
        }
        return svg;
    }

    /** Of the nine ticks of a decade 1, 2 and 5 have labels: they stand about equally far apart. */
    static String logarithmicLabel(double tick) {
        double decade = Math.pow(10, Math.floor(Math.log10(tick) + 1e-9));
        long digit = Math.round(tick / decade);
        return digit == 1 || digit == 2 || digit == 5
                ? BigDecimal.valueOf(digit * decade).round(MathContext.DECIMAL32).stripTrailingZeros().toPlainString()
                : "";
    }

    private void style(XYStyler styler) {
        styler.setChartBackgroundColor(NOTHING);
        styler.setPlotBackgroundColor(NOTHING);
        styler.setPlotBorderColor(GRID);
        styler.setPlotGridLinesColor(GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setChartFontColor(INK);
        styler.setAxisTickLabelsColor(INK);
        styler.setXAxisTitleColor(INK);
        styler.setYAxisTitleColor(INK);
        styler.setAxisTickMarksColor(GRID);
        styler.setLegendBackgroundColor(NOTHING);
        styler.setLegendBorderColor(NOTHING);
        styler.setLegendPosition(LegendPosition.InsideSE);
        styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        if (logarithmicX) {
            styler.setXAxisLogarithmic(true);
            styler.setXAxisLogarithmicDecadeOnly(false);
            styler.setXAxisTickLabelsFormattingFunction(LineChart::logarithmicLabel);
        }
        styler.setMarkerSize(7);
    }
}
