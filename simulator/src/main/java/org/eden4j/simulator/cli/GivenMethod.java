package org.eden4j.simulator.cli;

import org.eden4j.compressor.Method;

/**
 * A method with the text it was given as, which is how results name it.
 *
 * @param text as written on the command line
 * @param method what it means
 */
public record GivenMethod(String text, Method method) {
    /**
     * Reads a method's text form.
     *
     * @throws IllegalArgumentException saying which part is wrong
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
