package org.eden4j.simulator.output;

/** Output formats: {@code text} for people, {@code json} (one object per line) and {@code csv} for programs. */
public enum Format {
    text, json, csv
}
