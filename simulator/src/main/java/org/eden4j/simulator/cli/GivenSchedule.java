package org.eden4j.simulator.cli;

import java.util.ArrayList;
import java.util.List;
import org.eden4j.compressor.schedule.Schedule;

/**
 * The methods of both directions from round to round, as given by {@code --schedule}.
 *
 * <pre>
 * none/none;eden:bits=4/eden:bits=8@20      float32 both ways in rounds 0 to 19, then 4 bits up and 8 bits down
 *
 * schedule = PHASE { ";" PHASE "@" ROUND }
 * PHASE    = UP [ "/" DOWN ]                 all phases have a DOWN, or none
 * </pre>
 *
 * @param method method of the updates: a {@link Schedule} if it changes
 * @param downlink method of the means; null if no phase has one
 */
public record GivenSchedule(GivenMethod method, GivenMethod downlink) {
    /**
     * Reads the text of the option.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static GivenSchedule parse(String text) {
        List<String> up = new ArrayList<>();
        List<String> down = new ArrayList<>();
        for (String phase : text.split(Schedule.SEPARATOR, -1)) {
            int at = phase.lastIndexOf('@');
            String from = at < 0 ? "" : phase.substring(at).strip();
            String methods = (at < 0 ? phase : phase.substring(0, at)).strip();
            int slash = methods.indexOf('/');
            up.add((slash < 0 ? methods : methods.substring(0, slash)) + from);
            if (slash >= 0) {
                down.add(methods.substring(slash + 1) + from);
            }
        }
        if (!down.isEmpty() && down.size() < up.size()) {
            throw new IllegalArgumentException("schedule '" + text + "' says in " + down.size() + " of " + up.size()
                    + " phases how means travel: write UP/DOWN in all or in none");
        }
        return new GivenSchedule(GivenMethod.parse(String.join(Schedule.SEPARATOR, up)),
                down.isEmpty() ? null : GivenMethod.parse(String.join(Schedule.SEPARATOR, down)));
    }

    /** Reads {@code --schedule}. */
    public static final class Converter extends TextConverter<GivenSchedule> {
        public Converter() {
            super(GivenSchedule::parse);
        }
    }
}
