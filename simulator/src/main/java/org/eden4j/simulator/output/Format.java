package org.eden4j.simulator.output;

/** How rows are printed: {@code text} for people, {@code json} (an object a line) and {@code csv} for machines. */
public enum Format {
    text, json, csv
}
