package org.eden4j.simulator.input;

import java.nio.file.Path;
import java.util.Arrays;

/** The text form of inputs and of relations between vectors: {@code name} or {@code name:parameters}. */
final class InputText {
    private static final String NAMES = "lognormal, normal, student-t:3, gradients, sparse:2,1, geometric:0.5, constant, spike:0.1, file:PATH";

    private InputText() {}

    static Input parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? null : text.substring(colon + 1);
        try {
            return switch (name) {
                case "lognormal" -> bare(rest, new Random.LogNormal());
                case "normal" -> bare(rest, new Random.Normal());
                case "gradients" -> bare(rest, new Gradients());
                case "constant" -> bare(rest, new Fixed.Constant());
                case "student-t" -> new Random.StudentT(value(rest));
                case "spike" -> new Random.Spike(value(rest));
                case "geometric" -> new Fixed.Geometric(value(rest));
                case "sparse" -> new Fixed.Sparse(
                        Arrays.stream(given(rest).split(",", -1))
                            .map(InputText::value)
                            .map(Double::floatValue)
                            .toList());
                case "file" -> new FileInput(Path.of(given(rest)));
                default -> throw new IllegalArgumentException("'" + name + "' is not one of " + NAMES);
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("input '" + text + "': " + e.getMessage(), e);
        }
    }

    /** Formats a number without needless decimals. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value)
                : Double.toString(value);
    }

    static String number(float value) {
        return value == Math.rint(value) && Math.abs(value) < 1e7f ? Integer.toString((int) value)
                : Float.toString(value);
    }

    /** Parses a finite number. */
    static double value(String text) {
        double value;
        try {
            value = Double.parseDouble(given(text).trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a number", e);
        }
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("'" + text + "' is not finite");
        }
        return value;
    }

    private static String given(String rest) {
        if (rest == null || rest.isBlank()) {
            throw new IllegalArgumentException("a parameter is missing, the forms are " + NAMES);
        }
        return rest;
    }

    private static Input bare(String rest, Input input) {
        if (rest != null) {
            throw new IllegalArgumentException(input + " has no parameters");
        }
        return input;
    }
}
