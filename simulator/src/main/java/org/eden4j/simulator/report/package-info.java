/**
 * Turns results into one self-contained HTML page of text, tables and charts, in light and dark, and charts into SVG
 * and PNG files.
 *
 * <pre>
 * numbers --&gt; Series, Axis --&gt; Chart --ChartDrawing--&gt; Canvas: SVG --&gt; Page --&gt; report.html
 * rows    --&gt; HtmlTable ------------------------------- or image        /   \--&gt; charts/NAME.svg, NAME.png
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.report.Page}.
 */
package org.eden4j.simulator.report;
