package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.eden4j.simulator.process.VectorHash;

/**
 * Checks what independently running workers report about their rounds. All workers that have a round's mean must have
 * the same one, identical bit for bit to the mean computed in one process from the vectors that were counted, and must
 * agree on what was counted.
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

    /** Checks one event; returns an empty text if it is correct, otherwise the error. */
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

    /** Returns the number of rounds for which any worker has the mean. */
    public long rounds() {
        return rounds.size();
    }

    /** Returns the rounds before the last of them for which no worker has the mean. */
    public List<Long> missing() {
        return LongStream.range(0, furthest).filter(round -> !rounds.containsKey(round)).boxed().toList();
    }

    /** Returns the last round for which any worker has the mean. */
    public long furthest() {
        return furthest;
    }

    /** Returns the number of errors. */
    public long wrong() {
        return wrong;
    }

    /** Returns the number of rounds in which a vector was partially counted. */
    public long partial() {
        return partial;
    }

    /** Returns the number of rounds that took more than one attempt. */
    public long retried() {
        return retried;
    }
}
