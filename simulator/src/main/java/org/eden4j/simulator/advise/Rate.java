package org.eden4j.simulator.advise;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eden4j.simulator.cli.TextConverter;

/** The rate of a link, read from texts such as {@code 100mbit} and written as 100 Mbit/s. */
record Rate(double bitsPerSecond) {
    private static final Map<String, Double> UNITS = Map.of("kbit", 1e3, "mbit", 1e6, "gbit", 1e9);
    private static final Pattern TEXT = Pattern.compile("([0-9.]+)\\s*(kbit|mbit|gbit)(/s)?");

    static Rate parse(String text) {
        Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a rate is a number with kbit, mbit or gbit, such as 100mbit, got " + text);
        }
        double rate = Double.parseDouble(matcher.group(1)) * UNITS.get(matcher.group(2));
        if (!(rate > 0)) {
            throw new IllegalArgumentException("a rate must be above 0, got " + text);
        }
        return new Rate(rate);
    }

    @Override
    public String toString() {
        if (bitsPerSecond >= 1e9) {
            return number(bitsPerSecond / 1e9) + " Gbit/s";
        }
        return bitsPerSecond >= 1e6 ? number(bitsPerSecond / 1e6) + " Mbit/s" : number(bitsPerSecond / 1e3) + " kbit/s";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.3g", value);
    }

    /** Reads {@code --link}. */
    static final class Converter extends TextConverter<Rate> {
        Converter() {
            super(Rate::parse);
        }
    }
}
