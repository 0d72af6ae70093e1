package org.eden4j.simulator.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.ProcessRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker of a training is killed after the first epoch. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("thorough")
class TrainProcessesTest {
    private static final int VICTIM = 1;
    private static final int EPOCHS = 3;

    private static ProcessRun run() {
        return new ProcessRun(lines -> {
            if (lines.size() == 2) {
                ProcessRun.kill(lines.getFirst(), VICTIM);
            }
        });
    }

    private static int train(ProcessRun run, int epochs, String... options) {
        return run.call(List.of("train", "--quick", "--model", "mlp", "--workers", "2", "--epochs",
                Integer.toString(epochs), "--method", "eden:bits=4"), options);
    }

    private static JsonNode assertTrained(ProcessRun run) throws Exception {
        assertEquals(2 + EPOCHS, run.lines().size(), "processes, epochs, summary");
        JsonNode summary = run.lines().getLast();
        assertTrue(summary.get("summary").asBoolean());
        assertEquals(EPOCHS, summary.get("epoch").asInt());
        assertTrue(summary.get("replicasEqual").asBoolean(), summary.toString());
        assertTrue(summary.get("accuracy").asDouble() > .6, summary.toString());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
        return summary;
    }

    @Test
    void shouldEndWithEqualReplicasWhereANewProcessTakesItsPlace() throws Exception {
        assertReplaced("averaging", "ipc");
    }

    @Test
    @Tag("long")
    void shouldEndWithEqualReplicasOfSharedGradientsWhereANewProcessTakesItsPlace() throws Exception {
        assertReplaced("sharing", "udp");
    }

    /** With a quorum of all workers the other one waits for the new process. */
    private static void assertReplaced(String mode, String channel) throws Exception {
        ProcessRun run = run();
        assertEquals(0, train(run, EPOCHS, "--mode", mode, "--channel", channel, "--quorum", "2", "--deadline", "20"),
                run.err());
        JsonNode summary = assertTrained(run);
        assertEquals(2, summary.get("contributors").asInt(), "the new process has learnt to the end");
        assertEquals(1, summary.get("restarted").asInt());
    }

    @Test
    void shouldEndWithoutItWhereNoProcessTakesItsPlace() throws Exception {
        ProcessRun run = run();
        assertEquals(0, train(run, EPOCHS, "--restarts", "0", "--deadline", "5"), run.err());
        JsonNode summary = assertTrained(run);
        assertEquals(1, summary.get("contributors").asInt(), "the others are trained to the end");
        assertEquals(0, summary.get("restarted").asInt());
    }

    /**
     * Workers pause while the network is evaluated. The quorum does not include a worker that is killed then until it
     * counts as lost, some seconds later: the training must last longer.
     */
    @Test
    void shouldFailWithOneLineWhereTheQuorumIsMissed() throws Exception {
        ProcessRun run = run();
        assertEquals(1, train(run, 200, "--restarts", "0", "--quorum", "2", "--deadline", "2", "--attempts", "2"),
                run.lines().toString());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("quorum"), run.err());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }
}
