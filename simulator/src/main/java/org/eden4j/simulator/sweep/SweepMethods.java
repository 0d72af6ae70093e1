package org.eden4j.simulator.sweep;

import java.util.Arrays;
import java.util.List;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.cli.TextConverter;

/**
 * The methods of the workers of one mean: one for all, or several in turn. With {@code eden:bits=1 + eden:bits=4} every
 * second worker has four times the budget of the others.
 *
 * @param text text form as given
 * @param inTurn worker i uses the method at index i modulo their number
 */
record SweepMethods(String text, List<Method> inTurn) {
    SweepMethods {
        inTurn = List.copyOf(inTurn);
    }

    /**
     * Reads a method's text form, or several separated by a plus sign between spaces.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    static SweepMethods parse(String text) {
        return new SweepMethods(text, Arrays.stream(text.split("\\s+\\+\\s+")).map(Method::parse).toList());
    }

    @Override
    public String toString() {
        return text;
    }

    /** Reads {@code --method}. */
    static final class Converter extends TextConverter<SweepMethods> {
        Converter() {
            super(SweepMethods::parse);
        }
    }
}
