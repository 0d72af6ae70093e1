package org.eden4j.dl4j;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eden4j.compressor.Method;

/**
 * The method that applies to the parameters matched by a selector.
 *
 * @param layer a pattern for the layer's name, in which {@code *} matches any characters and {@code ?} any one
 * @param kind the kind of the parameters; empty for any
 * @param above matches parameters with more coordinates than this; -1 for any
 * @param below matches parameters with fewer coordinates than this; {@code Integer.MAX_VALUE} for any
 * @param method their compression method; empty for the job's method
 */
record LayerRule(String layer, Optional<ParameterKind> kind, int above, int below, Optional<Method> method) {
    private static final String JOB = "job";
    private static final String ANY = "*";
    private static final Pattern SELECTOR = Pattern
        .compile("(?<layer>[^/<>=;]*)(/(?<kind>[^/<>=;]*))?(>(?<above>\\d{1,9}))?(<(?<below>\\d{1,9}))?");

    static LayerRule parse(String text) {
        int equals = text.indexOf('=');
        Matcher selector = SELECTOR.matcher(equals < 0 ? "" : text.substring(0, equals).strip());
        if (equals < 0 || !selector.matches()) {
            throw wrong(text,
                    "expected LAYER/KIND>SIZE<SIZE=METHOD, where LAYER or KIND and both sizes are optional");
        }
        String layer = selector.group("layer");
        Optional<ParameterKind> kind = Optional.ofNullable(selector.group("kind")).map(name -> kind(text, name));
        if (kind.isEmpty() && ParameterKind.named(layer).isPresent()) {
            kind = ParameterKind.named(layer);
            layer = ANY;
        }
        if (layer.isEmpty()) {
            throw wrong(text, "the layer's name is missing, " + ANY + " matches any");
        }
        int above = size(selector.group("above"), -1);
        int below = size(selector.group("below"), Integer.MAX_VALUE);
        return new LayerRule(layer, kind, above, below, method(text, text.substring(equals + 1).strip()));
    }

    boolean matches(String layerName, ParameterKind parameter, int coordinates) {
        return kind.map(parameter::equals).orElse(true) && coordinates > above && coordinates < below
                && matches(layer, layerName);
    }

    private static boolean matches(String pattern, String name) {
        StringBuilder expression = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            expression.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return name.matches(expression.toString());
    }

    private static ParameterKind kind(String text, String name) {
        return ParameterKind.named(name)
            .orElseThrow(() -> wrong(text, "'" + name + "' is not one of "
                    + Arrays.stream(ParameterKind.values()).map(Object::toString).collect(Collectors.joining(", "))));
    }

    private static int size(String digits, int otherwise) {
        return digits == null ? otherwise : Integer.parseInt(digits);
    }

    private static Optional<Method> method(String text, String method) {
        if (method.equals(JOB)) {
            return Optional.empty();
        }
        if (method.equals("absent")) {
            throw wrong(text,
                    "parameters that train must be exchanged, or replicas would differ: freeze the layer instead");
        }
        try {
            return Optional.of(Method.parse(method));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rule '" + text + "': " + e.getMessage() + "; or " + JOB
                    + " for the job's method", e);
        }
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("rule '" + text + "': " + why);
    }

    /** Returns the text from which {@link #parse} makes this rule. */
    @Override
    public String toString() {
        boolean anyLayer = layer.equals(ANY) && kind.isPresent();
        return (anyLayer ? kind.get().toString() : layer + kind.map(name -> "/" + name).orElse(""))
                + (above < 0 ? "" : ">" + above) + (below == Integer.MAX_VALUE ? "" : "<" + below) + "="
                + method.map(Method::toString).orElse(JOB);
    }
}
