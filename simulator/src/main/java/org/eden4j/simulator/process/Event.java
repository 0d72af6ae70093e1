package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a member said, or that it ended.
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
