package org.eden4j.simulator.figures;

import org.eden4j.simulator.report.Chart;

/**
 * A chart with what is said about it.
 *
 * @param name of its files
 * @param title above it
 * @param note below it
 */
record Figure(String name, String title, String note, Chart chart) {}
