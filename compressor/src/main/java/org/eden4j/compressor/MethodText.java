package org.eden4j.compressor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The text form of a method, {@code name:key=value,key=value}. {@link MethodType#parse} reads its parameters from here,
 * each at most once; {@link Object#toString} writes it with {@link #of(MethodType)}. Mutable, not thread-safe.
 */
public final class MethodText {
    private static final int LONGEST = 200;

    private final String text;
    private final String name;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private MethodText(String text) {
        this.text = text;
        int colon = text.indexOf(':');
        name = (colon < 0 ? text : text.substring(0, colon)).trim();
        if (colon < 0) {
            return;
        }
        for (String pair : text.substring(colon + 1).split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw wrong("'" + pair + "' is not key=value");
            }
            if (parameters.put(pair.substring(0, equals).trim(), pair.substring(equals + 1).trim()) != null) {
                throw wrong("'" + pair.substring(0, equals) + "' is given twice");
            }
        }
    }

    /** Splits a text form into name and parameters. */
    static MethodText read(String text) {
        checkLength(text);
        return new MethodText(text.trim());
    }

    /** @throws IllegalArgumentException if a text form is longer than readers take */
    public static void checkLength(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "method text has " + text.length() + " characters, at most " + LONGEST + " are read");
        }
    }

    /** Returns the name of the method. */
    String name() {
        return name;
    }

    /** Returns the method with these parameters. Rejects a parameter that the type does not read. */
    Method parse(MethodType type) {
        Method method;
        try {
            method = type.parse(this);
        } catch (IllegalArgumentException e) {
            throw e.getMessage() != null && e.getMessage().startsWith("method ") ? e : wrong(e.getMessage());
        }
        if (!parameters.isEmpty()) {
            throw wrong(name + " has no parameter " + String.join(", ", parameters.keySet()));
        }
        return method;
    }

    /** Starts the text form of a method of this type. */
    public static Writer of(MethodType type) {
        return new Writer(type.name());
    }

    /** Formats a number without a needless decimal point: 4, 2.5. */
    public static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** Writes a text form. */
    public static final class Writer {
        private final StringBuilder text;
        private char separator = ':';

        Writer(String name) {
            text = new StringBuilder(name);
        }

        public Writer put(String key, double value) {
            return put(key, number(value), true);
        }

        public Writer put(String key, String value, boolean wanted) {
            if (wanted) {
                text.append(separator).append(key).append('=').append(value);
                separator = ',';
            }
            return this;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    /** Returns a required number. */
    public double number(String key) {
        return number(key, Double.NaN);
    }

    /** Returns a number, or {@code usual} if it is absent. */
    public double number(String key, double usual) {
        String value = parameters.remove(key);
        if (value == null) {
            if (Double.isNaN(usual)) {
                throw wrong(key + " is missing, write " + name + ":" + key + "=...");
            }
            return usual;
        }
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw (IllegalArgumentException) wrong(key + "=" + value + " is not a number").initCause(e);
        }
    }

    /** Returns a required integer. */
    public int whole(String key) {
        double value = number(key);
        if (value != Math.rint(value)) {
            throw wrong(key + "=" + number(value) + " is not a whole number");
        }
        return (int) value;
    }

    /** Returns {@code true} or {@code false}; false if absent. */
    public boolean truth(String key) {
        return word(key, new Boolean[]{true, false}, String::valueOf, false);
    }

    /** Returns one of a few words. A value whose word is empty is the default and is never written. */
    public <T> T word(String key, T[] values, Function<T, String> text, T usual) {
        String value = parameters.remove(key);
        if (value == null) {
            return usual;
        }
        for (T candidate : values) {
            if (text.apply(candidate).equals(value.toLowerCase(Locale.ROOT)) && !value.isEmpty()) {
                return candidate;
            }
        }
        throw wrong(key + "=" + value + " is not one of "
                + Stream.of(values).map(text).filter(word -> !word.isEmpty()).collect(Collectors.joining(", ")));
    }

    IllegalArgumentException wrong(String fact) {
        return new IllegalArgumentException("method '" + text + "': " + fact);
    }
}
