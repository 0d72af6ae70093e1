package org.eden4j.simulator.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.Shard;

/** The aggregators of a job, one for each shard: which run, where they listen, and their accounts of each round. */
final class Aggregators {
    private final Set<Crew.Post> running = new HashSet<>();
    private final List<JobAddress.Single> addresses;
    private final BitSet listening = new BitSet();
    /** By shard and round. */
    private final List<Map<Long, JsonNode>> statistics = new ArrayList<>();

    /**
     * @param addresses where they are to listen
     * @param hosted whether workers host them, who begin to when they join
     */
    Aggregators(List<JobAddress.Single> addresses, boolean hosted) {
        this.addresses = new ArrayList<>(addresses);
        listening.set(0, hosted ? addresses.size() : 0);
        addresses.forEach(_ -> statistics.add(new TreeMap<>()));
    }

    /** The shards, in their order. */
    List<Shard> shards() {
        return IntStream.range(0, addresses.size()).mapToObj(shard -> new Shard(shard, addresses.size())).toList();
    }

    void add(Crew.Post post) {
        running.add(post);
    }

    void ended(Crew.Post post) {
        running.remove(post);
    }

    boolean haveEnded() {
        return running.isEmpty();
    }

    /** Takes what an aggregator has said; whether it was one. */
    boolean handle(Event event) {
        int shard = event.fields().path(AggregatorSettings.SHARD).asInt();
        switch (event.name()) {
            case AggregatorSettings.LISTENING -> {
                JobAddress heard = JobAddress.parse(event.fields().path("address").asText());
                addresses.set(shard, heard.shards().getFirst());
                listening.set(shard);
            }
            case AggregatorSettings.STATISTICS -> statistics.get(shard)
                .put(event.fields().path("round").asLong(), event.fields());
            default -> {
                return false;
            }
        }
        return true;
    }

    boolean areListening() {
        return listening.cardinality() == addresses.size();
    }

    /** Returns the address at which workers join. */
    String address() {
        return JobAddress.of(addresses).toString();
    }

    /** Returns the address of one aggregator. */
    String address(int shard) {
        return addresses.get(shard).toString();
    }

    /** Returns the statistics of a round, merged over all aggregators; a missing node until each has reported. */
    JsonNode statistics(long round) {
        List<JsonNode> said = statistics.stream()
            .map(shard -> shard.getOrDefault(round, MissingNode.getInstance()))
            .toList();
        return said.stream().anyMatch(JsonNode::isMissingNode) ? MissingNode.getInstance()
                : said.size() == 1 ? said.getFirst() : merged(said);
    }

    /** Times are those of the shard that took longest, other numbers sums. */
    private static JsonNode merged(List<JsonNode> shards) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        shards.getFirst().fieldNames().forEachRemaining(field -> {
            if (shards.getFirst().path(field).isIntegralNumber()) {
                all.put(field, shards.stream()
                    .mapToLong(shard -> shard.path(field).asLong())
                    .reduce(0, field.endsWith("Ns") ? Math::max : Long::sum));
            }
        });
        return all;
    }

    /** The sum of a counter over all shards and rounds so far. */
    long total(String counter) {
        return statistics.stream()
            .flatMap(shard -> shard.values().stream())
            .mapToLong(round -> round.path(counter).asLong())
            .sum();
    }
}
