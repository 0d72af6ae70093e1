package org.eden4j.simulator.train;

import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.cli.TextConverter;

/**
 * How the vectors of one run of a series are compressed.
 *
 * <pre>
 * run = UP "/" DOWN [ "+feedback" ]
 * </pre>
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
        boolean feedback = text.endsWith(FEEDBACK);
        String methods = feedback ? text.substring(0, text.length() - FEEDBACK.length()) : text;
        int slash = methods.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not UP/DOWN or UP/DOWN" + FEEDBACK + ", such as eden:bits=4/eden:bits=8");
        }
        return new SeriesRun(text, GivenMethod.parse(methods.substring(0, slash)),
                GivenMethod.parse(methods.substring(slash + 1)), feedback);
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
