package org.eden4j.compressor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The text form of methods: {@code name:key=value,key=value}. */
final class MethodText {
    private static final int LONGEST = 200;

    /** Every name, in the order in which an error lists them. */
    private static final Map<String, Function<MethodText, Method>> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put("eden", t -> new Eden(t.bits(), t.scale(), t.rounds(), t.rotation()));
        NAMES.put("drive", t -> new Drive(t.scale(), t.rounds(), t.rotation()));
        NAMES.put("turboquant-mse", t -> new TurboQuantMse(t.bits(), t.rounds(), t.rotation()));
        NAMES.put("matched-norm", t -> new MatchedNorm(t.bits(), t.rounds(), t.rotation()));
        NAMES.put("turboquant-prod", t -> new TurboQuantProd(t.whole("bits"),
                t.word("qjl", TurboQuantProd.Qjl.values(), TurboQuantProd.Qjl::text, TurboQuantProd.Qjl.GAUSSIAN),
                t.rounds(), t.rotation()));
        NAMES.put("sq", t -> new StochasticQuantization(t.whole("bits"), t.rotate()));
        NAMES.put("qsgd", t -> new Qsgd(t.whole("bits"),
                t.word("norm", Qsgd.Norm.values(), Qsgd.Norm::text, Qsgd.Norm.L2), t.rotate()));
        NAMES.put("terngrad", t -> new TernGrad(t.number("clip", 0)));
        NAMES.put("signsgd", _ -> new SignSgd());
        NAMES.put("topk", t -> new TopK(t.number("fraction", Double.NaN)));
        NAMES.put("randk", t -> new RandK(t.number("fraction", Double.NaN)));
        NAMES.put("kashin", t -> new Kashin(t.whole("bits"), (int) t.number("iterations", Kashin.DEFAULT_ITERATIONS)));
        NAMES.put("quicfl", t -> new QuicFl(t.whole("bits")));
        NAMES.put("threshold", t -> new Threshold(t.number("sigma", 1)));
        NAMES.put("float16", _ -> new Float16());
        NAMES.put("bfloat16", _ -> new BFloat16());
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

    /** The text of a rotated method: name, bits where above 0, then what differs from the defaults. */
    static String of(
            String name, double bits, ScaleRule scale, ScaleRule usual, Rounds rounds, RotationKind rotation) {
        return new Writer(name)
            .put("bits", number(bits), bits > 0)
            .put("scale", scale.text(), scale != usual)
            .put("rounds", rounds.text(), rounds != Rounds.DEFAULT)
            .put("rotation", rotation.text(), rotation != RotationKind.HADAMARD)
            .toString();
    }

    /** A number without a needless decimal point: 4, 2.5. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** Writes a text form. */
    static final class Writer {
        private final StringBuilder text;
        private char separator = ':';

        Writer(String name) {
            text = new StringBuilder(name);
        }

        Writer put(String key, double value) {
            return put(key, number(value), true);
        }

        Writer put(String key, String value, boolean wanted) {
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

    private double bits() {
        return number("bits", Double.NaN);
    }

    private double number(String key, double usual) {
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

    private int whole(String key) {
        double value = number(key, Double.NaN);
        if (value != Math.rint(value)) {
            throw wrong(key + "=" + number(value) + " is not a whole number");
        }
        return (int) value;
    }

    private boolean rotate() {
        return word("rotate", new Boolean[]{true, false}, String::valueOf, false);
    }

    private ScaleRule scale() {
        return word("scale", ScaleRule.values(), ScaleRule::text, ScaleRule.UNBIASED);
    }

    private Rounds rounds() {
        return word("rounds", Rounds.values(), Rounds::text, Rounds.DEFAULT);
    }

    private RotationKind rotation() {
        return word("rotation", RotationKind.values(), RotationKind::text, RotationKind.HADAMARD);
    }

    /** One of a few words; the empty word stands for a value that cannot be written. */
    private <T> T word(String key, T[] values, Function<T, String> text, T usual) {
        String value = parameters.remove(key);
        if (value == null) {
            return usual;
        }
        for (T candidate : values) {
            if (text.apply(candidate).equals(value.toLowerCase(Locale.ROOT)) && !value.isEmpty()) {
                return candidate;
            }
        }
        throw wrong(key + "=" + value + " is none of "
                + Stream.of(values).map(text).filter(word -> !word.isEmpty()).collect(Collectors.joining(", ")));
    }

    private IllegalArgumentException wrong(String fact) {
        return new IllegalArgumentException("method '" + text + "': " + fact);
    }
}
