/**
 * Turns result files of any command into a page and charts.
 *
 * <pre>
 * results.jsonl --ResultFiles--&gt; rows --SweepFigures, TrainFigures, ..--&gt; Figure --\
 * manifest.json ----------------------- ResultTable --------------------------- ReportPage --&gt; report.html, charts/
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.figures.ReportPage}.
 */
package org.eden4j.simulator.figures;
