package org.eden4j.simulator.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final LineChart CHART = new LineChart("MB", "accuracy, %", true,
            List.of(new LineChart.Line("none", List.of(10.0, 20.0), List.of(70.0, 80.0)),
                    new LineChart.Line("drive", List.of(1.0, 2.0), List.of(69.0, 79.0))));

    @Test
    void shouldNeedNothingButItself() {
        String html = new Page("t").chart(CHART).table(new HtmlTable(List.of("a"), List.of(List.of("1")))).html();
        assertFalse(Pattern.compile("(src|href)=").matcher(html).find());
        assertFalse(html.contains("<script") || html.contains("@import") || html.contains("url(http"));
    }

    @Test
    void shouldDrawInTheColoursOfTheReadersTheme() {
        String svg = CHART.svg("c1");
        assertTrue(svg.startsWith("<svg"));
        assertTrue(svg.contains("var(--line-1)") && svg.contains("var(--line-2)") && svg.contains("var(--ink)")
                && svg.contains("var(--grid)"));
        List<String> fixed = Pattern.compile("rgb\\([0-9,]+\\)")
            .matcher(svg)
            .results()
            .map(match -> match.group())
            .toList();
        assertEquals(List.of(), fixed.stream().filter(colour -> !colour.equals("rgb(0,0,0)")).distinct().toList());
    }

    @Test
    void shouldLabelALogarithmicAxisWithinADecade() {
        assertEquals("1", LineChart.logarithmicLabel(1));
        assertEquals("0.05", LineChart.logarithmicLabel(.05));
        assertEquals("2000", LineChart.logarithmicLabel(2000));
        assertEquals("", LineChart.logarithmicLabel(300));
    }

    @Test
    void shouldEscapeText() {
        String html = new Page("a <b> & \"c\"").paragraph("1 < 2").html();
        assertTrue(html.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"));
        assertTrue(html.contains("<p>1 &lt; 2</p>"));
    }

    @Test
    void shouldRefuseRaggedTablesAndEmptyCharts() {
        assertThrows(IllegalArgumentException.class, () -> new HtmlTable(List.of("a", "b"), List.of(List.of("1"))));
        assertThrows(IllegalArgumentException.class, () -> new LineChart("x", "y", false, List.of()));
    }
}
