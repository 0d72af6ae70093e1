package org.eden4j.simulator.figures;

import org.eden4j.simulator.report.Chart;

/**
 * A chart with title and note.
 *
 * @param name base name of its files
 * @param title text above it
 * @param note text below it
 */
record Figure(String name, String title, String note, Chart chart) {}
