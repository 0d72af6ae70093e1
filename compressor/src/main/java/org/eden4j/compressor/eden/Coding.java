package org.eden4j.compressor.eden;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eden4j.compressor.MethodText;

/**
 * How the coordinates of a rotated block are quantized and turned into bits.
 *
 * <pre>
 * text                          levels                               length   error at 1 / 2 / 3 / 4 bits
 * (none)                        Lloyd-Max centroids of N(0,1)        fixed    .571 / .133 / .0358 / .0096
 * coding=entropy                lattice behind an 8-state trellis    varies   .413 / .0787 / .0186 / .0046
 * </pre>
 *
 * <p>Errors are those of the unbiased scale at so many bits on the wire in blocks of 4,096, to which plain EDEN's four bytes for
 * the scale are to be added.
 */
public enum Coding {
    /** An index of the same number of bits for each coordinate. */
    FIXED("fixed", 0, new FixedCoding()),
    /**
     * Levels of a lattice that a trellis of 8 states admits, entropy-coded: the number of bits is what a block of 4,096 (up to .5
     * bits of 16,384) has on average, all counted. Half of plain EDEN's error from 2 bits on, at three times its time.
     */
    ENTROPY("entropy", 8, new EntropyCoding());

    private final String text;
    private final int states;
    private final CodingRules rules;

    Coding(String text, int states, CodingRules rules) {
        this.text = text;
        this.states = states;
        this.rules = rules;
    }

    /** What follows from the number of bits. */
    CodingRules rules() {
        return rules;
    }

    /** Reads {@code coding} and {@code states}. */
    static Coding parse(MethodText text) {
        Coding[] families = Stream.of(values()).filter(Coding::isUsual).toArray(Coding[]::new);
        Coding family = text.word("coding", families, coding -> coding.text, FIXED);
        if (family == FIXED) {
            return FIXED;
        }
        double states = text.number("states", family.states);
        return Stream.of(values())
            .filter(coding -> coding.text.equals(family.text) && coding.states == states)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("states=" + MethodText.number(states) + " is none of "
                    + Stream.of(values())
                        .filter(coding -> coding.text.equals(family.text))
                        .map(coding -> String.format(Locale.ROOT, "%d", coding.states))
                        .collect(Collectors.joining(", "))));
    }

    /** Whether it is the first of its family, whose states are not written. */
    private boolean isUsual() {
        return Stream.of(values()).filter(coding -> coding.text.equals(text)).findFirst().orElseThrow() == this;
    }

    /** Appends {@code coding} and {@code states} where they are not the usual ones. */
    String append(String method) {
        return this == FIXED ? method
                : method + ",coding=" + text + (isUsual() ? "" : ",states=" + states);
    }
}
