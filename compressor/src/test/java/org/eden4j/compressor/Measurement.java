package org.eden4j.compressor;

import java.util.Locale;

/** Prints the measurements of a statistical test, including the seed, to the test's output file. */
public final class Measurement {
    private Measurement() {}

    /** Formats, prints and returns one line. */
    public static String print(String format, Object... values) {
        String line = String.format(Locale.ROOT, format, values);
        System.out.println(line);
        return line;
    }
}
