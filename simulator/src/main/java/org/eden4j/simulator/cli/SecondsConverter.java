package org.eden4j.simulator.cli;

import java.time.Duration;

/** Reads a positive number of seconds, up to a day. */
public final class SecondsConverter extends TextConverter<Duration> {
    public SecondsConverter() {
        super(SecondsConverter::parse);
    }

    private static Duration parse(String text) {
        double seconds = Double.parseDouble(text);
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new IllegalArgumentException("seconds must be above 0 and at most 86400, got " + text);
        }
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
