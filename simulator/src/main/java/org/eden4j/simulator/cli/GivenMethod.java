package org.eden4j.simulator.cli;

import org.eden4j.compressor.Method;

/**
 * A method and its text as given, which is its name in results.
 *
 * @param text as written on the command line
 * @param method the method
 */
public record GivenMethod(String text, Method method) {
    /**
     * Reads the text form of a method.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static GivenMethod parse(String text) {
        return new GivenMethod(text, Method.parse(text));
    }

    @Override
    public String toString() {
        return text;
    }

    /** Reads {@code --method} and {@code --downlink}. */
    public static final class Converter extends TextConverter<GivenMethod> {
        public Converter() {
            super(GivenMethod::parse);
        }
    }
}
