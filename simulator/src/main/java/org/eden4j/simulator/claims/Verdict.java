package org.eden4j.simulator.claims;

import java.util.Locale;

/** The result of comparing a measurement with a stated number; {@link Judge} defines the rule. */
enum Verdict {
    /** The measurement agrees with the text. */
    REPRODUCED,
    /** The measurement disagrees with the text. */
    NOT_REPRODUCED,
    /** The two quantities compared cannot be told apart. */
    TIE,
    /** The measurement agrees only under a condition unrelated to what the text compares. */
    ARTEFACT,
    /** There is no measurement, or it is too coarse. */
    NOT_TESTABLE {
        @Override
        public String toString() {
            return "not testable here";
        }
    };

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
