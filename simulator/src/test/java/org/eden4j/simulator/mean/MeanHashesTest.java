package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.cli.GivenMethod;
import org.eden4j.simulator.input.Draws;
import org.eden4j.simulator.input.Input;
import org.eden4j.simulator.input.Vectors;
import org.eden4j.simulator.process.Job;
import org.eden4j.simulator.process.JobOptions;
import org.eden4j.simulator.process.JobSettings;
import org.eden4j.simulator.process.Loss;
import org.eden4j.simulator.process.Member;
import org.eden4j.simulator.process.VectorHash;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker process is stopped after a round, before it has reported the hash of its mean. */
@Tag("thorough")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MeanHashesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration STRAGGLING = Duration.ofSeconds(1);
    private static final int DIMENSION = 5000;
    private static final int HUNG = 1;

    private final MeanPlan plan = new MeanPlan(
            new JobSettings(2, GivenMethod.parse("eden:bits=4"), GivenMethod.parse("eden:bits=8"),
                    JobOptions.Channel.udp, 0, 0, Duration.ofSeconds(30), 0, 0, 0, false, 1, Loss.NONE, false, 1,
                    false, 0),
            DIMENSION, new Draws(Input.parse("normal"), Vectors.parse("independent"), false, 1));

    private static Map<Integer, JsonNode> all(Job job, String command, String event) throws InterruptedException {
        Map<Integer, Member> workers = new TreeMap<>(job.joined());
        job.tell(workers, command);
        Map<Integer, JsonNode> said = job.collect(workers, event, LIMIT, (_, _) -> false);
        assertEquals(Set.of(0, 1), said.keySet());
        return said;
    }

    private static void signal(String name, long pid) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor());
    }

    @Test
    void shouldNotTakeAWorkerThatHangsForOneThatHoldsTheMean() throws Exception {
        try (Arena arena = Arena.ofShared(); Job job = new Job(plan.job(), DIMENSION, plan::worker)) {
            MeanHashes hashes = new MeanHashes(job, LIMIT, STRAGGLING);
            int mtu = job.connect().get(0).path("mtu").asInt();
            ReferenceMean reference = new ReferenceMean(plan.draws(), DIMENSION, plan.method(), plan.downlink(), false,
                    mtu,
                    arena);
            for (int round = 0; round < 2; round++) {
                all(job, MeanWorker.PREPARE + " " + round, MeanWorker.READY);
                Map<Integer, JsonNode> results = all(job, MeanWorker.GO + " " + round, MeanWorker.ROUND);
                reference.compute(round, Counted.of(results.get(0)));
                String hash = VectorHash.of(reference.mean());
                Map<Integer, Member> holders = new TreeMap<>(job.joined());
                if (round == 0) {
                    long pid = holders.get(HUNG).pid();
                    signal("STOP", pid);
                    assertFalse(hashes.areAll(holders, hash), "worker 1 has not said what it holds");
                    assertTrue(hashes.isAnySilent(holders, Map.of(0, results.get(0))), "it runs and may answer yet");
                    assertFalse(hashes.isAnySilent(holders, results));
                    signal("CONT", pid);
                } else {
                    assertTrue(hashes.areAll(holders, hash), "what it said of the round before counts for that only");
                    assertFalse(hashes.areAll(holders, hash + "0"));
                }
            }
            job.finish(MeanWorker.LEAVE);
        }
    }
}
