package org.eden4j.compressor.schedule;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eden4j.compressor.BlockCodec;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.MethodType;

/**
 * Methods that follow one another from round to round, for a job whose first rounds are uncompressed, for example, or
 * whose last rounds use more bits.
 *
 * <pre>
 * none;eden:bits=4@20;eden:bits=1@200      none in rounds 0 to 19, 4 bits in rounds 20 to 199, 1 bit from round 200 on
 *
 * schedule = METHOD { ";" METHOD "@" ROUND }
 * </pre>
 *
 * <p>A schedule can be used in place of any method. {@link #at} is a pure function of the number of the round, so the
 * members of a job, which must agree on its text as on any method, change at the same round. An encoder uses the method
 * of its round. Without rounds, as in a container or a sweep, a schedule is its last phase.
 *
 * <p>Immutable.
 *
 * @param phases phases in the order of their rounds: at least two, the first from round 0 on
 */
public record Schedule(List<Phase> phases) implements Method {
    /** Between two phases; no text of a single method contains it. */
    public static final String SEPARATOR = ";";
    private static final char FROM = '@';

    /**
     * Rounds that use one method.
     *
     * @param round the first of these rounds, from 0
     * @param method the method, which is not a schedule itself
     */
    public record Phase(long round, Method method) implements Serializable {
        public Phase {
            if (round < 0) {
                throw new IllegalArgumentException("a phase begins at round 0 at the earliest, not at " + round);
            }
            if (method instanceof Schedule) {
                throw new IllegalArgumentException(
                        "a phase of a schedule has one method, not the schedule " + method);
            }
        }

        @Override
        public String toString() {
            return round == 0 ? method.toString() : method.toString() + FROM + round;
        }
    }

    public Schedule {
        phases = List.copyOf(phases);
        if (phases.size() < 2 || phases.getFirst().round() != 0) {
            throw new IllegalArgumentException(
                    "a schedule has at least two phases, the first from round 0 on, got " + text(phases));
        }
        for (int phase = 1; phase < phases.size(); phase++) {
            if (phases.get(phase).round() <= phases.get(phase - 1).round()) {
                throw new IllegalArgumentException("phases follow one another, and " + phases.get(phase)
                        + " does not begin after " + phases.get(phase - 1));
            }
        }
        MethodText.checkLength(text(phases));
    }

    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException if it is not a schedule
     */
    public static Schedule parse(String text) {
        List<Phase> phases = new ArrayList<>();
        for (String phase : text.split(SEPARATOR, -1)) {
            int from = phase.lastIndexOf(FROM);
            if (from < 0 && !phases.isEmpty()) {
                throw new IllegalArgumentException("schedule '" + text + "': '" + phase.strip()
                        + "' does not say from which round on, write " + phase.strip() + FROM + "ROUND");
            }
            phases.add(new Phase(from < 0 ? 0 : round(text, phase.substring(from + 1).strip()),
                    Method.parse(from < 0 ? phase : phase.substring(0, from))));
        }
        return new Schedule(phases);
    }

    private static long round(String text, String number) {
        try {
            return Long.parseLong(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("schedule '" + text + "': '" + number + "' is no number of a round", e);
        }
    }

    /** Returns the rounds above 0 at which any of these methods changes, in ascending order. */
    public static List<Long> changes(Collection<Method> methods) {
        TreeSet<Long> rounds = new TreeSet<>();
        for (Method method : methods) {
            if (method instanceof Schedule schedule) {
                schedule.phases.stream().skip(1).forEach(phase -> rounds.add(phase.round()));
            }
        }
        return List.copyOf(rounds);
    }

    @Override
    public Method at(long round) {
        Method method = phases.getFirst().method();
        for (Phase phase : phases) {
            method = phase.round() <= round ? phase.method() : method;
        }
        return method;
    }

    private Method last() {
        return phases.getLast().method();
    }

    /** Returns the type of the last phase, like the methods below unless they say otherwise. */
    @Override
    public MethodType type() {
        return last().type();
    }

    @Override
    public BlockCodec codec() {
        return last().codec();
    }

    @Override
    public int maxPayloadBytes(int length) {
        return last().maxPayloadBytes(length);
    }

    @Override
    public boolean hasFixedLength() {
        return last().hasFixedLength();
    }

    @Override
    public double expectedPayloadBytes(int length) {
        return last().expectedPayloadBytes(length);
    }

    @Override
    public double bitsPerCoordinate() {
        return last().bitsPerCoordinate();
    }

    @Override
    public boolean blocked() {
        return last().blocked();
    }

    /** Returns whether all phases are unbiased. */
    @Override
    public boolean isUnbiased() {
        return phases.stream().allMatch(phase -> phase.method().isUnbiased());
    }

    @Override
    public int largestBlock() {
        return last().largestBlock();
    }

    @Override
    public OptionalDouble vnmse() {
        return last().vnmse();
    }

    @Override
    public OptionalDouble expectedError(int length) {
        return last().expectedError(length);
    }

    @Override
    public OptionalDouble errorBound(int length, double sigmas) {
        return last().errorBound(length, sigmas);
    }

    @Override
    public OptionalDouble bitsForError(double target, int length) {
        return last().bitsForError(target, length);
    }

    /** Returns the schedule of the phases for this dimension, a single method if they are all equal. */
    @Override
    public Method forDimension(int dimension) {
        List<Phase> used = phases.stream()
            .map(phase -> new Phase(phase.round(), phase.method().forDimension(dimension)))
            .toList();
        return used.stream().map(Phase::method).distinct().count() == 1 ? used.getFirst().method()
                : new Schedule(used);
    }

    private static String text(List<Phase> phases) {
        return phases.stream().map(Phase::toString).collect(Collectors.joining(SEPARATOR));
    }

    /** Returns the text form, which {@link Method#parse} reads. */
    @Override
    public String toString() {
        return text(phases);
    }
}
