package org.eden4j.simulator.train;

import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.TextConverter;

/**
 * How the vectors of one run of a series are compressed.
 *
 * <pre>
 * run = UP "/" DOWN [ "+feedback" ] | "threshold-encoding"
 * </pre>
 *
 * <p>The last is DL4J's own, see {@link ThresholdRun}: what it sends is of no method, and stands as {@code none} here.
 *
 * @param text as given, which is how results name it
 * @param method how updates travel
 * @param downlink how means travel
 * @param errorFeedback whether workers add to each update what compression left of earlier ones
 */
record SeriesRun(String text, GivenMethod method, GivenMethod downlink, boolean errorFeedback) {
    private static final String FEEDBACK = "+feedback";

    /** @throws IllegalArgumentException saying which part is wrong */
    static SeriesRun parse(String text) {
        if (text.equals(ThresholdRun.NAME)) {
            GivenMethod none = GivenMethod.parse("none");
            return new SeriesRun(text, none, none, false);
        }
        boolean feedback = text.endsWith(FEEDBACK);
        String methods = feedback ? text.substring(0, text.length() - FEEDBACK.length()) : text;
        int slash = methods.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not UP/DOWN, UP/DOWN" + FEEDBACK + " or " + ThresholdRun.NAME
                            + ", such as eden:bits=4/eden:bits=8");
        }
        return new SeriesRun(text, GivenMethod.parse(methods.substring(0, slash)),
                GivenMethod.parse(methods.substring(slash + 1)), feedback);
    }

    /** Returns whether DL4J's own wrapper trains, by threshold encoding. */
    boolean isThresholdEncoding() {
        return text.equals(ThresholdRun.NAME);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Reads {@code --run}. */
    static final class Converter extends TextConverter<SeriesRun> {
        Converter() {
            super(SeriesRun::parse);
        }
    }
}
