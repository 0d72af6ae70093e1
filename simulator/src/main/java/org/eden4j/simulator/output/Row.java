package org.eden4j.simulator.output;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of results: named values in the order in which they were put. The names are those of the command line's
 * contract. A number that is not finite is kept as null, as JSON has none.
 */
public final class Row {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** A row that begins with the name of its command. */
    public static Row of(String command) {
        return new Row().put("command", command);
    }

    /** Adds a value: text, a number, a truth value, a list, a map or null. */
    public Row put(String name, Object value) {
        fields.put(name, value instanceof Double number && !Double.isFinite(number) ? null : value);
        return this;
    }

    /** The value of this name, null where there is none. */
    public Object get(String name) {
        return fields.get(name);
    }

    /** All names and values, in order. */
    public Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }
}
