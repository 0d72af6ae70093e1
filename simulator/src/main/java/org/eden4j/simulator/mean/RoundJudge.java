package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.eden4j.simulator.process.VectorHash;

/**
 * Judges what workers that go on by themselves say of their rounds: all that have a round's mean must have the same, bit for
 * bit what one process computes from the vectors that were counted, and agree on what was counted.
 */
public final class RoundJudge {
    private record Verdict(String hash, Counted outcome) {}

    private final ReferenceMean reference;
    private final Map<Long, Verdict> rounds = new HashMap<>();
    private long furthest = -1;
    private long wrong;
    private long partial;
    private long retried;

    RoundJudge(ReferenceMean reference) {
        this.reference = reference;
    }

    /** Takes one event; an empty text if it is right, else what is wrong. */
    public String judge(int worker, JsonNode said) {
        if (said.path("resynchronised").asBoolean()) {
            return "";
        }
        long round = said.path("round").asLong();
        Counted outcome = Counted.of(said);
        Verdict verdict = rounds.computeIfAbsent(round, _ -> {
            reference.compute(round, outcome);
            partial += outcome.partial().isEmpty() ? 0 : 1;
            retried += said.path("attempts").asInt() > 1 ? 1 : 0;
            return new Verdict(VectorHash.of(reference.mean()), outcome);
        });
        furthest = Math.max(furthest, round);
        String hash = said.path("hash").asText();
        if (hash.equals(verdict.hash) && outcome.equals(verdict.outcome)) {
            return "";
        }
        wrong++;
        return "worker " + worker + " holds " + hash + " of " + outcome + " in round " + round + ", right is "
                + verdict.hash + " of " + verdict.outcome;
    }

    /** Rounds of which any worker has the mean. */
    public long rounds() {
        return rounds.size();
    }

    /** Rounds before the last of them of which no worker has the mean. */
    public List<Long> missing() {
        return LongStream.range(0, furthest).filter(round -> !rounds.containsKey(round)).boxed().toList();
    }

    /** The last of them. */
    public long furthest() {
        return furthest;
    }

    /** What was wrong. */
    public long wrong() {
        return wrong;
    }

    /** Rounds in which a vector was counted in part. */
    public long partial() {
        return partial;
    }

    /** Rounds that were tried more than once. */
    public long retried() {
        return retried;
    }
}
