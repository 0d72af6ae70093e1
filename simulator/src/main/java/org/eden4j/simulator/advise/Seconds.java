package org.eden4j.simulator.advise;

import org.eden4j.simulator.cli.TextConverter;

/** Reads a time such as {@code 0.2s}, {@code 50ms} or {@code 0.2}; it may be zero. */
final class Seconds extends TextConverter<Double> {
    Seconds() {
        super(Seconds::parse);
    }

    static double parse(String text) {
        String number = text.endsWith("ms") ? text.substring(0, text.length() - 2)
                : text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
        double seconds = Double.parseDouble(number.strip()) / (text.endsWith("ms") ? 1000 : 1);
        if (!(seconds >= 0 && seconds < 1e6)) {
            throw new IllegalArgumentException("a time must be at least 0 seconds, got " + text);
        }
        return seconds;
    }
}
