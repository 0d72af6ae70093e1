package org.eden4j.compressor.eden;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eden4j.compressor.MethodText;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;

/**
 * How the coordinates of a rotated block are quantized and coded.
 *
 * <pre>
 * text                          levels                               length   error at 1 / 2 / 3 / 4 bits
 * (none)                        Lloyd-Max centroids of N(0,1)        fixed    .571 / .133 / .0358 / .0096
 * coding=trellis                trained points, 8 states             fixed    .439 / .0941 / .0240 / .0062
 * coding=trellis,states=64      trained points, 64 states            fixed    .412 / .0897 / .0230 / .0060
 * coding=entropy                lattice, 8 states                    varies   .413 / .0787 / .0186 / .0046
 * coding=entropy,states=32      lattice, 32 states                   varies   .398 / .0765 / .0181 / .0045
 * </pre>
 *
 * <p>Errors are those of the unbiased scale in blocks of 4,096. With entropy coding the number of bits includes
 * everything; plain EDEN and the trellis alone add four bytes per block for the scale.
 */
public enum Coding {
    /** An index of the same number of bits for each coordinate. */
    FIXED("fixed", 0, new FixedCoding()),
    /**
     * Points admitted by a trellis of 8 states, with an index of 1, 2, 3 or 4 bits per coordinate. Payloads have the
     * length of plain EDEN's, the error is a quarter to a third smaller, and encoding takes three times as long.
     */
    TRELLIS("trellis", 8, new TrellisCoding(Trellis.EIGHT)),
    /** The same with 64 states: an error about 5 % smaller, at six times plain EDEN's encoding time. */
    TRELLIS_OF_64_STATES("trellis", 64, new TrellisCoding(Trellis.SIXTY_FOUR)),
    /**
     * Levels of a lattice admitted by a trellis of 8 states, entropy-coded. The number of bits is the mean of a block
     * of 4,096 coordinates (16,384 up to .5 bits), everything included. From 2 bits on, half the error of plain EDEN at
     * three times its encoding time.
     */
    ENTROPY("entropy", 8, new EntropyCoding(Trellis.EIGHT)),
    /** The same with 32 states: an error about 3 % smaller, at five times plain EDEN's encoding time. */
    ENTROPY_OF_32_STATES("entropy", 32, new EntropyCoding(Trellis.THIRTY_TWO));

    private final String text;
    private final int states;
    private final CodingRules rules;

    Coding(String text, int states, CodingRules rules) {
        this.text = text;
        this.states = states;
        this.rules = rules;
    }

    /** Returns the rules that follow from the number of bits. */
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
            .orElseThrow(() -> new IllegalArgumentException("states=" + MethodText.number(states) + " is not one of "
                    + Stream.of(values())
                        .filter(coding -> coding.text.equals(family.text))
                        .map(coding -> String.format(Locale.ROOT, "%d", coding.states))
                        .collect(Collectors.joining(", "))));
    }

    /** Returns whether this is the first coding of its family, whose number of states is not written. */
    private boolean isUsual() {
        return Stream.of(values()).filter(coding -> coding.text.equals(text)).findFirst().orElseThrow() == this;
    }

    /** Appends {@code coding} and {@code states} if they are not the defaults. */
    String append(String method) {
        return this == FIXED ? method
                : method + ",coding=" + text + (isUsual() ? "" : ",states=" + states);
    }
}
