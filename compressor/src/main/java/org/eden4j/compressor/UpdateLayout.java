package org.eden4j.compressor;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.eden4j.compressor.kernel.SplitMix;

/**
 * The structure of a vector: named parts that follow one another without gaps and cover the whole vector. Blocks do not
 * cross parts, so coordinates of different scale or meaning share neither a rotation nor a scale.
 *
 * <pre>
 * text form, a line per part:   length method name       the part is
 *                               100352 eden:bits=4 0_W   compressed
 *                               128 none 0_b             raw: sent as float32
 *                               8256 absent 1_W          absent: neither sent nor changed in rounds
 * </pre>
 *
 * <p>Two layouts are equal if their parts are equal, comparing methods by their text form. Equal layouts have equal
 * texts and equal {@linkplain #hash hashes}; the hashes of different layouts collide with probability 2^-64. All
 * members of a job need the same layout. A vector without structure has {@linkplain #whole one part}.
 *
 * <p>Immutable; serializes as its text. {@link #partAt} takes O(log parts), everything else at most O(parts).
 */
public final class UpdateLayout implements Serializable {
    private static final long serialVersionUID = 1;

    /** Longest name of a part, in characters. */
    public static final int LONGEST_NAME = 1000;
    /**
     * The value in frames and containers, in place of a method's wire id, if the parts of a layout have methods of
     * their own.
     */
    public static final int WIRE_ID = 127;
    private static final String ABSENT = "absent";

    private final transient List<Part> parts;
    private final transient String text;

    /** The serialized form. */
    private record Text(String text) implements Serializable {
        private Object readResolve() {
            return parse(text);
        }
    }

    /** How a part is sent. */
    public enum Kind {
        /** Encoded by a method. */
        COMPRESSED,
        /** Unchanged, by {@code none}. */
        RAW,
        /** Not sent. */
        ABSENT
    }

    /**
     * A run of coordinates with a name and a method.
     *
     * @param name name of the part in messages, without control characters, leading or trailing blanks
     * @param first first coordinate
     * @param length number of coordinates, at least 1
     * @param method the method of the part, {@code none} if raw; empty if absent
     */
    public record Part(String name, int first, int length, Optional<Method> method) {
        private static final Method RAW = Method.parse("none");

        public Part {
            Objects.requireNonNull(method);
            if (name.isEmpty() || name.length() > LONGEST_NAME || !name.strip().equals(name)
                    || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a part's name must have 1 to " + LONGEST_NAME
                        + " characters, no control characters and no leading or trailing blanks, got '" + name + "'");
            }
            if (length < 1) {
                throw new IllegalArgumentException("part '" + name + "' has " + length + " coordinates, at least 1");
            }
            if (first < 0 || first > Integer.MAX_VALUE - length) {
                throw new IllegalArgumentException(
                        "part '" + name + "' of " + length + " coordinates begins at " + first
                                + ", a vector has at most " + Integer.MAX_VALUE);
            }
        }

        /** Returns the coordinate after the last. */
        public int end() {
            return first + length;
        }

        public Kind kind() {
            return method.isEmpty() ? Kind.ABSENT : method.get().equals(RAW) ? Kind.RAW : Kind.COMPRESSED;
        }

        private String methodText() {
            return method.isEmpty() ? ABSENT : method.get().toString();
        }

        private String text() {
            return length + " " + methodText() + " " + name;
        }

        /** Describes the part in an error message. */
        private String described() {
            return "'" + name + "', coordinates " + first + " to " + (end() - 1) + ", " + methodText();
        }
    }

    private UpdateLayout(List<Part> parts, String text) {
        this.parts = parts;
        this.text = text;
    }

    /**
     * Creates a layout of these parts, in the order of their coordinates.
     *
     * @throws IllegalArgumentException if no part is sent; or naming the first part that does not begin where the
     *         previous one ends or whose name is already taken
     */
    public static UpdateLayout of(List<Part> parts) {
        Set<String> names = new HashSet<>();
        StringBuilder text = new StringBuilder();
        int end = 0;
        boolean sent = false;
        for (Part part : parts) {
            if (part.first() != end) {
                throw new IllegalArgumentException(
                        "part '" + part.name() + "' begins at " + part.first() + ", expected "
                                + end + ": parts follow one another without gaps, from 0");
            }
            if (!names.add(part.name())) {
                throw new IllegalArgumentException("two parts have the name '" + part.name() + "'");
            }
            sent |= part.method().isPresent();
            end = part.end();
            text.append(part.text()).append('\n');
        }
        if (!sent) {
            throw new IllegalArgumentException(parts.isEmpty() ? "a layout needs at least one part"
                    : "all " + end + " coordinates are absent, at least one part must be sent");
        }
        return new UpdateLayout(List.copyOf(parts), text.toString());
    }

    /**
     * Returns the layout in which the mean of vectors with this layout is sent back. Parts encoded by the uplink method
     * use the downlink method; raw parts stay raw, parts with another method keep it, and absent parts stay absent. If
     * the uplink method is {@code none}, raw parts cannot be distinguished from others: several parts all stay raw, while a
     * single part uses the downlink method.
     */
    public UpdateLayout downlink(Method uplink, Method downlink) {
        List<Part> back = new ArrayList<>();
        for (Part part : parts) {
            boolean follows = part.kind() == Kind.COMPRESSED || !isStructured();
            back.add(follows && part.method().orElseThrow().equals(uplink)
                    ? new Part(part.name(), part.first(), part.length(), Optional.of(downlink)) : part);
        }
        return of(back);
    }

    /** Returns the layout of a round, in which each part has its method of that round, see {@link Method#at}. */
    public UpdateLayout at(long round) {
        return methods().stream().allMatch(method -> method.at(round) == method) ? this
                : of(parts.stream()
                    .map(part -> new Part(part.name(), part.first(), part.length(),
                            part.method().map(method -> method.at(round))))
                    .toList());
    }

    /** Returns whether there are several parts. */
    public boolean isStructured() {
        return parts.size() > 1;
    }

    /** Returns the methods of the parts, each once. */
    public List<Method> methods() {
        return parts.stream().flatMap(part -> part.method().stream()).distinct().toList();
    }

    /** Creates the layout of a vector without structure: one part named {@code all}. */
    public static UpdateLayout whole(int dimension, Method method) {
        return of(List.of(new Part("all", 0, dimension, Optional.of(method))));
    }

    /**
     * Reads the text form written by {@link #text}.
     *
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public static UpdateLayout parse(String text) {
        List<Part> parts = new ArrayList<>();
        int first = 0;
        int line = 0;
        for (String row : text.split("\n")) {
            line++;
            String[] words = row.split(" ", 3);
            try {
                if (words.length < 3) {
                    throw new IllegalArgumentException("expected 'length method name'");
                }
                Optional<Method> method = words[1].equals(ABSENT) ? Optional.empty()
                        : Optional.of(Method.parse(words[1]));
                Part part = new Part(words[2], first, Integer.parseInt(words[0]), method);
                parts.add(part);
                first = part.end();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "line " + line + " of an update layout, '" + row + "': " + e.getMessage(), e);
            }
        }
        return of(parts);
    }

    /** Returns the number of coordinates of the vector. */
    public int dimension() {
        return parts.getLast().end();
    }

    /** Returns the parts in the order of their coordinates. */
    public List<Part> parts() {
        return parts;
    }

    /** Returns the number of coordinates of this kind. */
    public int coordinates(Kind kind) {
        return parts.stream().filter(part -> part.kind() == kind).mapToInt(Part::length).sum();
    }

    /**
     * Returns the coordinates {@code [first, end)} as a layout of their own. Parts that cross a border are divided
     * there and keep their names and methods.
     *
     * @throws IllegalArgumentException if all coordinates are absent
     */
    public UpdateLayout slice(int first, int end) {
        Objects.checkFromToIndex(first, end, dimension());
        List<Part> inside = new ArrayList<>();
        for (Part part : parts) {
            int from = Math.max(first, part.first());
            int to = Math.min(end, part.end());
            if (from < to) {
                inside.add(new Part(part.name(), from - first, to - from, part.method()));
            }
        }
        return of(inside);
    }

    /** Returns the part a coordinate belongs to. */
    public Part partAt(int coordinate) {
        Objects.checkIndex(coordinate, dimension());
        int low = 0;
        int high = parts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (parts.get(middle).first() <= coordinate) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return parts.get(low);
    }

    /** Returns the text form, which {@link #parse} reads. */
    public String text() {
        return text;
    }

    /**
     * Returns a 64-bit fingerprint of {@link #text} in UTF-8. Let m be the number of its bytes and w_0, w_1, .. its
     * little-endian 64-bit words, the last one padded with zeros. Then
     *
     * <pre>
     * h = mix(m + g),   h = mix((h ^ w_i) + g)  for each i
     * </pre>
     *
     * <p>where mix and g are SplitMix64's finalizer, variant 13, and its increment 0x9E3779B97F4A7C15. Each step is a
     * bijection of h and of w_i: layouts whose texts differ in one word never have the same fingerprint. Not secure
     * against forgery.
     */
    public long hash() {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer words = ByteBuffer.allocate((bytes.length + 7) / 8 * 8).order(ByteOrder.LITTLE_ENDIAN);
        words.put(bytes).rewind();
        long hash = SplitMix.mix(bytes.length + SplitMix.GOLDEN);
        while (words.hasRemaining()) {
            hash = SplitMix.mix((hash ^ words.getLong()) + SplitMix.GOLDEN);
        }
        return hash;
    }

    /** Returns a sentence naming the first part that differs from another layout; empty if the layouts are equal. */
    public Optional<String> difference(UpdateLayout other) {
        int both = Math.min(parts.size(), other.parts.size());
        for (int i = 0; i < both; i++) {
            Part here = parts.get(i);
            Part there = other.parts.get(i);
            if (!here.text().equals(there.text())) {
                return Optional.of("part " + (i + 1) + " is " + here.described() + ", and " + there.described()
                        + " in the other layout");
            }
        }
        if (parts.size() != other.parts.size()) {
            boolean more = parts.size() > both;
            return Optional.of((more ? "the other layout" : "this layout") + " ends after part " + both + ", and "
                    + (more ? this : other).parts.get(both).described() + " follows in "
                    + (more ? "this one" : "the other"));
        }
        return Optional.empty();
    }

    private Object writeReplace() {
        return new Text(text);
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a layout is read from its text");
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof UpdateLayout other && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns a summary; {@link #text} returns the whole layout. */
    @Override
    public String toString() {
        return "UpdateLayout[" + parts.size() + " parts, " + dimension() + " coordinates, " + coordinates(Kind.RAW)
                + " raw, " + coordinates(Kind.ABSENT) + " absent]";
    }
}
