package org.eden4j.simulator.output;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of results: named values in order of insertion. The names are those of the command line's contract. A number
 * that is not finite is stored as null, since JSON has none.
 */
public final class Row {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** Creates a row that starts with the name of its command. */
    public static Row of(String command) {
        return new Row().put("command", command);
    }

    /** Adds a value: text, a number, a boolean, a list, a map or null. */
    public Row put(String name, Object value) {
        fields.put(name, value instanceof Double number && !Double.isFinite(number) ? null : value);
        return this;
    }

    /** Returns the value with this name, or null. */
    public Object get(String name) {
        return fields.get(name);
    }

    /** Returns all names and values, in order. */
    public Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }
}
