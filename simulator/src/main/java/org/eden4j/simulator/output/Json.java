package org.eden4j.simulator.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The only class that writes and reads JSON. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** Returns an object as one line, without a line feed. */
    public static String line(Map<String, ?> fields) {
        try {
            return MAPPER.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns an object over several lines, for files that people read. */
    public static String pretty(Map<String, ?> fields) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads one object.
     *
     * @throws IllegalArgumentException if the line is not a JSON object; quotes the line
     */
    public static JsonNode parse(String line) {
        JsonNode node;
        try {
            node = MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON object: " + line, e);
        }
        if (node == null || !node.isObject()) {
            throw new IllegalArgumentException("not a JSON object: " + line);
        }
        return node;
    }

    /**
     * Returns the names and values of an object in order: integers as {@code Integer} or {@code Long}, other numbers as
     * {@code Double}.
     *
     * @throws IllegalArgumentException if the line is not a JSON object; quotes the line
     */
    public static Map<String, Object> fields(String line) {
        try {
            return MAPPER.readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON object: " + line, e);
        }
    }

    /** Returns a record of texts and numbers as one line, see {@link #read}. */
    public static String write(Record value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the output of {@link #write}.
     *
     * @throws IllegalArgumentException if it does not match the class
     */
    public static <T> T read(String json, Class<T> kind) {
        try {
            return MAPPER.readValue(json, kind);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a " + kind.getSimpleName() + ": " + json, e);
        }
    }
}
