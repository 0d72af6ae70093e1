package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A message of a member, or its end.
 *
 * @param member who
 * @param fields what it said; null where it ended
 */
record Event(Member member, JsonNode fields) {
    boolean ended() {
        return fields == null;
    }

    String name() {
        return ended() ? "ended" : fields.path(Events.NAME).asText();
    }
}
