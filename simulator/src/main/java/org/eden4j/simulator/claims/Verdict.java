package org.eden4j.simulator.claims;

import java.util.Locale;

/** What a measurement says about a stated number; {@link Judge} has the rule. */
enum Verdict {
    /** The measurement agrees with the text. */
    REPRODUCED,
    /** It does not. */
    NOT_REPRODUCED,
    /** The two things compared cannot be told apart. */
    TIE,
    /** It agrees only under a condition that has nothing to do with what the text compares. */
    ARTEFACT,
    /** There is no measurement, or one too coarse to tell. */
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
