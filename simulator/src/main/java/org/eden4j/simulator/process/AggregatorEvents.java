package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the aggregator of a job has said: where it listens, and its account of each round. */
final class AggregatorEvents {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorEvents.class);

    private final Map<Long, JsonNode> statistics = new TreeMap<>();
    private String address;
    private boolean listening;

    /** @param address where it is to listen */
    AggregatorEvents(String address) {
        this.address = address;
    }

    void handle(Event event) {
        switch (event.name()) {
            case AggregatorSettings.LISTENING -> {
                address = event.fields().path("address").asText();
                listening = true;
            }
            case AggregatorSettings.STATISTICS -> statistics.put(event.fields().path("round").asLong(), event.fields());
            default -> LOG.debug("the aggregator says {}", event.fields());
        }
    }

    boolean isListening() {
        return listening;
    }

    /** Where workers find it. */
    String address() {
        return address;
    }

    /** By round. */
    Map<Long, JsonNode> statistics() {
        return statistics;
    }
}
