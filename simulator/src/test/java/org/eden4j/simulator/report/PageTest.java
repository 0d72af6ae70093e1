package org.eden4j.simulator.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class PageTest {
    private static final Chart CHART = new Chart(Axis.logarithmic("MB"), Axis.linear("accuracy, %"),
            List.of(Series.of("none", List.of(10.0, 20.0), List.of(70.0, 80.0)),
                    Series.of("drive <1>", List.of(1.0, 2.0), List.of(69.0, 79.0)),
                    new Series("bound", List.of(new Series.Point(1, 60, Double.NaN),
                            new Series.Point(20, 100, Double.NaN)), true)));

    private static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes("UTF-8")));
    }

    @Test
    void shouldNeedNothingButItself() {
        String html = new Page("t").chart(CHART).table(new HtmlTable(List.of("a"), List.of(List.of("1")))).html();
        assertFalse(Pattern.compile("(src|href)=").matcher(html).find());
        assertFalse(html.contains("@import") || html.contains("url(") || html.contains("http"));
    }

    @Test
    void shouldDrawInTheColoursOfTheReadersTheme() {
        String svg = CHART.svg(900, 440);
        assertTrue(svg.startsWith("<svg"));
        assertTrue(svg.contains("var(--line-1)") && svg.contains("var(--line-2)") && svg.contains("var(--ink)")
                && svg.contains("var(--grid)"));
        assertFalse(Pattern.compile("rgb\\(|\"#[0-9a-f]{3,6}\"").matcher(svg).find(), svg);
        Set<String> used = new HashSet<>();
        String html = new Page("t").chart(CHART).html();
        Pattern.compile("var\\(--([a-z0-9-]+)\\)").matcher(html).results().forEach(found -> used.add(found.group(1)));
        used.forEach(name -> assertEquals(5, html.split("--" + name + ": ", -1).length - 1, name + " in each theme"));
    }

    /** For wide and narrow screens; switched by their number, with the numbers of each point to read. */
    @Test
    void shouldNameEachLineAndPoint() {
        String html = new Page("t").chart(CHART).html();
        assertEquals(3, html.split("aria-pressed=\"true\"", -1).length - 1);
        assertEquals(2, html.split("class=\"series\" data-series=\"2\"", -1).length - 1);
        assertEquals(2 * 4, html.split("class=\"pt\"", -1).length - 1, "formulas have no points");
        assertTrue(html.contains("<title>drive &lt;1&gt;\nMB: 2\naccuracy, %: 79</title>"), html);
    }

    @Test
    void shouldWriteAChartAsDocumentAndPicture(@TempDir Path directory) throws Exception {
        CHART.write(directory.resolve("charts"), "a");
        Document svg = parse(Files.readString(directory.resolve("charts/a.svg")));
        assertEquals("svg", svg.getDocumentElement().getTagName());
        assertTrue(svg.getElementsByTagName("text").getLength() > 10);
        BufferedImage picture = ImageIO.read(directory.resolve("charts/a.png").toFile());
        assertEquals(1800, picture.getWidth());
        Set<Integer> colours = new HashSet<>();
        for (int x = 0; x < picture.getWidth(); x++) {
            for (int y = 0; y < picture.getHeight(); y++) {
                colours.add(picture.getRGB(x, y) & 0xFFFFFF);
            }
        }
        for (int i = 0; i < 3; i++) {
            assertTrue(colours.contains(Integer.decode(Ink.line(i).light())), "line " + i);
        }
    }

    /** No label overlaps another or leaves the chart: the labels of an axis are some pixels apart. */
    @Test
    void shouldKeepLabelsApart() throws Exception {
        Chart wide = new Chart(Axis.logarithmic("dimension"), Axis.logarithmic("error"),
                List.of(Series.of("a", List.of(128.0, 512.0, 2048.0, 8192.0, 32_768.0),
                        List.of(1e-5, .3, 2.0, .1, .01))));
        for (int[] size : new int[][]{{900, 440}, {380, 330}}) {
            Document svg = parse(wide.svg(size[0], size[1]));
            double lastX = Double.NEGATIVE_INFINITY;
            double lastY = Double.POSITIVE_INFINITY;
            for (int i = 0; i < svg.getElementsByTagName("text").getLength(); i++) {
                var text = svg.getElementsByTagName("text").item(i);
                double x = Double.parseDouble(text.getAttributes().getNamedItem("x").getNodeValue());
                double y = Double.parseDouble(text.getAttributes().getNamedItem("y").getNodeValue());
                double half = 3.5 * text.getTextContent().length();
                switch (text.getAttributes().getNamedItem("text-anchor").getNodeValue()) {
                    case "end" -> {
                        assertTrue(y < lastY - 12 && x - 2 * half >= 0, text.getTextContent());
                        lastY = y;
                    }
                    case "middle" -> {
                        boolean title = text.getTextContent().equals("dimension");
                        assertTrue(title || x - half > lastX, text.getTextContent() + " at " + x + " after " + lastX);
                        assertTrue(x + half <= size[0] + 3, text.getTextContent() + " at " + x);
                        lastX = x + half;
                    }
                    default -> assertEquals("error", text.getTextContent());
                }
            }
            assertTrue(lastX > 100 && lastY < 200, "labels were found");
        }
    }

    @Test
    void shouldEscapeText() {
        String html = new Page("a <b> & \"c\"").paragraph("1 < 2").html();
        assertTrue(html.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"));
        assertTrue(html.contains("<p>1 &lt; 2</p>"));
    }

    @Test
    void shouldRefuseRaggedTablesAndEmptyCharts() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> new HtmlTable(List.of("a", "b"), List.of(List.of("1"))));
        assertThrows(IllegalArgumentException.class, () -> new Chart(Axis.linear("x"), Axis.linear("y"), List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Chart(Axis.linear("x"), Axis.logarithmic("y"),
                List.of(Series.of("a", List.of(1.0), List.of(-1.0)))));
    }
}
