package org.eden4j.compressor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The text form of methods: {@code name:key=value,key=value}. */
final class MethodText {
    private static final int LONGEST = 200;

    /** Every name, in the order in which an error lists them. */
    private static final Map<String, Function<MethodText, Method>> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put("eden", t -> new Eden(t.bits(), t.scale(), t.rounds()));
        NAMES.put("drive", t -> new Drive(t.scale(), t.rounds()));
        NAMES.put("turboquant-mse", t -> new TurboQuantMse(t.bits(), t.rounds()));
        NAMES.put("matched-norm", t -> new MatchedNorm(t.bits(), t.rounds()));
        NAMES.put("float16", _ -> new Float16());
        NAMES.put("none", _ -> new None());
    }

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

    static Method parse(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "method text has " + text.length() + " characters, at most " + LONGEST + " are read");
        }
        MethodText parsed = new MethodText(text.trim());
        Function<MethodText, Method> factory = NAMES.get(parsed.name);
        if (factory == null) {
            throw parsed.wrong("'" + parsed.name + "' is none of " + String.join(", ", NAMES.keySet()));
        }
        Method method;
        try {
            method = factory.apply(parsed);
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("method ") ? e : parsed.wrong(e.getMessage());
        }
        if (!parsed.parameters.isEmpty()) {
            throw parsed.wrong(parsed.name + " has no parameter " + String.join(", ", parsed.parameters.keySet()));
        }
        return method;
    }

    /** The text of a method: the head, then the scale where it is not the method's own, then the rounds where set. */
    static String of(String head, ScaleRule scale, ScaleRule usual, Rounds rounds) {
        StringBuilder text = new StringBuilder(head);
        if (scale != usual) {
            append(text, "scale", scale.text());
        }
        if (rounds != Rounds.DEFAULT) {
            append(text, "rounds", Integer.toString(rounds.ordinal()));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String key, String value) {
        text.append(text.indexOf(":") < 0 ? ':' : ',').append(key).append('=').append(value);
    }

    private int bits() {
        String value = parameters.remove("bits");
        if (value == null) {
            throw wrong("bits is missing, write " + name + ":bits=4");
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw (IllegalArgumentException) wrong("bits=" + value + " is not a whole number").initCause(e);
        }
    }

    private ScaleRule scale() {
        String value = parameters.remove("scale");
        if (value == null) {
            return ScaleRule.UNBIASED;
        }
        for (ScaleRule rule : ScaleRule.values()) {
            if (rule.text().equals(value.toLowerCase(Locale.ROOT))) {
                return rule;
            }
        }
        throw wrong("scale=" + value + " is none of unbiased, biased, matched, unit");
    }

    private Rounds rounds() {
        String value = parameters.remove("rounds");
        return switch (value) {
            case null -> Rounds.DEFAULT;
            case "1" -> Rounds.ONE;
            case "2" -> Rounds.TWO;
            case "3" -> Rounds.THREE;
            default -> throw wrong("rounds=" + value + " is none of 1, 2, 3");
        };
    }

    private IllegalArgumentException wrong(String fact) {
        return new IllegalArgumentException("method '" + text + "': " + fact);
    }
}
