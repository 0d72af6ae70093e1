/**
 * Turns results into one self-contained HTML page: text, tables and charts as inline SVG, in light and dark.
 *
 * <pre>
 * lines of numbers --&gt; LineChart --SVG--&gt; Page --&gt; report.html
 * rows             --&gt; HtmlTable -------/
 * </pre>
 *
 * <p>Start with {@link org.eden4j.simulator.report.Page}.
 */
package org.eden4j.simulator.report;
