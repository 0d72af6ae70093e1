package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.Member;

/** Asks workers for the hash of the mean that they hold. */
final class MeanHashes {
    private final Job job;
    private final Duration limit;
    private final Duration straggling;

    /**
     * @param limit how long the first answer may take
     * @param straggling how long a worker may take to answer after another one
     */
    MeanHashes(Job job, Duration limit, Duration straggling) {
        this.job = job;
        this.limit = limit;
        this.straggling = straggling;
    }

    /**
     * Whether all of these workers that still run, one at least, say that they hold the mean of this hash. One that runs and
     * says nothing, such as one that was stopped, may hold anything.
     */
    boolean areAll(Map<Integer, Member> holders, String hash) throws InterruptedException {
        // an answer that came too late for its round
        holders.keySet().forEach(worker -> job.take(worker, MeanWorker.HASHED));
        job.tell(holders, MeanWorker.HASH);
        Map<Integer, JsonNode> said = job.collect(holders, MeanWorker.HASHED, limit,
                (_, since) -> since.compareTo(straggling) > 0);
        return !said.isEmpty() && !isAnySilent(holders, said)
                && said.values().stream().allMatch(one -> one.path(MeanWorker.HASH).asText().equals(hash));
    }

    /** Whether any of those that were asked still runs and has not answered. */
    boolean isAnySilent(Map<Integer, Member> asked, Map<Integer, JsonNode> answers) {
        Map<Integer, Member> running = job.joined();
        return asked.entrySet()
            .stream()
            .anyMatch(one -> !answers.containsKey(one.getKey())
                    && running.get(one.getKey()) == one.getValue());
    }
}
