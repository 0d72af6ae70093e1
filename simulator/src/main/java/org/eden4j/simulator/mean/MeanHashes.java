package org.eden4j.simulator.mean;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.Member;

/** Asks workers for the hash of the mean they hold. */
final class MeanHashes {
    private final Job job;
    private final Duration limit;
    private final Duration straggling;

    /**
     * Creates the query.
     *
     * @param limit time limit of the first answer
     * @param straggling time limit of a worker's answer after another one's
     */
    MeanHashes(Job job, Duration limit, Duration straggling) {
        this.job = job;
        this.limit = limit;
        this.straggling = straggling;
    }

    /**
     * Returns whether all of these workers that are still running, at least one, report a mean with this hash. A
     * running worker that does not answer, such as one that was stopped, may hold any mean.
     */
    boolean areAll(Map<Integer, Member> holders, String hash) throws InterruptedException {
        // Discards answers that arrived too late for their round.
        holders.keySet().forEach(worker -> job.take(worker, MeanWorker.HASHED));
        job.tell(holders, MeanWorker.HASH);
        Map<Integer, JsonNode> said = job.collect(holders, MeanWorker.HASHED, limit,
                (_, since) -> since.compareTo(straggling) > 0);
        return !said.isEmpty() && !isAnySilent(holders, said)
                && said.values().stream().allMatch(one -> one.path(MeanWorker.HASH).asText().equals(hash));
    }

    /** Returns whether any of the workers asked is still running and has not answered. */
    boolean isAnySilent(Map<Integer, Member> asked, Map<Integer, JsonNode> answers) {
        Map<Integer, Member> running = job.joined();
        return asked.entrySet()
            .stream()
            .anyMatch(one -> !answers.containsKey(one.getKey())
                    && running.get(one.getKey()) == one.getValue());
    }
}
