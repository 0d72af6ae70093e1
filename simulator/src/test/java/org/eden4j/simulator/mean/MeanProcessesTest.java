package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.ProcessRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members are separate processes, one of which is killed. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("thorough")
class MeanProcessesTest {
    private static final int VICTIM = 1;

    private static int mean(ProcessRun run, String... options) {
        return run.call(List.of("mean", "--workers", "3", "--dimension", "5000"), options);
    }

    @Test
    void shouldRunInProcessesThatAreGoneAfterwards() throws Exception {
        assertGoneAfterwards("ipc");
    }

    @Test
    void shouldRunInProcessesThatAreGoneAfterwardsOverUdp() throws Exception {
        assertGoneAfterwards("udp");
    }

    private static void assertGoneAfterwards(String channel) throws Exception {
        ProcessRun run = new ProcessRun(_ -> {});
        assertEquals(0, mean(run, "--rounds", "2", "--channel", channel), run.err());
        assertEquals(4, run.lines().size());
        assertTrue(run.lines().getLast().get("equalsReference").asBoolean());
        List<Long> pids = run.pids();
        assertEquals(channel.equals("ipc") ? 5 : 4, pids.stream().distinct().count(), "ipc needs a driver");
        for (long pid : pids) {
            assertNotEquals(ProcessHandle.current().pid(), pid);
            run.assertGone(pid);
        }
    }

    @ParameterizedTest
    @CsvSource({"ipc, eden:bits=4, eden:bits=8", "udp, eden:bits=4, eden:bits=8",
            "ipc, 'eden:bits=2,coding=entropy', 'eden:bits=4,coding=entropy,states=32'"})
    @Tag("long")
    void shouldGoOnWithoutAWorkerThatIsKilledAndNameIt(String channel, String method, String downlink)
            throws Exception {
        assertGoesOnWithout(channel, method, downlink);
    }

    @Test
    void shouldGoOnWithoutAKilledWorkerWithCodings() throws Exception {
        assertGoesOnWithout("udp", "eden:bits=2,coding=trellis,states=64", "eden:bits=2,coding=entropy");
    }

    private static void assertGoesOnWithout(String channel, String method, String downlink) throws Exception {
        ProcessRun run = new ProcessRun(lines -> {
            if (lines.size() == 2) {
                ProcessRun.kill(lines.getFirst(), VICTIM);
            }
        });
        assertEquals(0, mean(run, "--rounds", "3", "--deadline", "3", "--restarts", "0", "--channel", channel,
                "--method", method, "--downlink", downlink), run.err());
        assertEquals(3, run.lines().get(1).get("contributors").asInt());
        for (JsonNode round : run.lines().subList(2, 4)) {
            assertEquals(2, round.get("contributors").asInt(), round.toString());
            assertEquals("[1]", round.get("missing").toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
        }
        assertEquals(2, run.lines().getLast().get("contributors").asInt());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }

    @Test
    void shouldFailWithOneLineWhereTheQuorumIsMissed() throws Exception {
        ProcessRun run = new ProcessRun(lines -> {
            if (lines.size() == 2) {
                ProcessRun.kill(lines.getFirst(), VICTIM);
            }
        });
        assertEquals(1, mean(run, "--rounds", "3", "--deadline", "2", "--quorum", "3", "--attempts", "2",
                "--restarts", "0"), run.lines().toString());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("quorum"), run.err());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }

    /** Worker, aggregator and media driver are killed one after another. */
    @Test
    void shouldReplaceWhatIsKilledAndGoOn() throws Exception {
        assertReplaced("ipc");
    }

    @Test
    @Tag("long")
    void shouldReplaceWhatIsKilledAndGoOnOverUdp() throws Exception {
        assertReplaced("udp");
    }

    private static void assertReplaced(String channel) throws Exception {
        ProcessRun run = new ProcessRun(lines -> {
            int victim = switch (lines.size()) {
                case 3 -> VICTIM;
                case 8 -> -1;
                case 16 -> channel.equals("ipc") ? 3 : -2;
                default -> -2;
            };
            if (victim > -2) {
                ProcessRun.kill(lines.getFirst(), victim);
            }
        });
        assertEquals(0, mean(run, "--rounds", "30", "--deadline", "5", "--channel", channel), run.err());
        List<JsonNode> rounds = run.lines().subList(1, 31);
        for (JsonNode round : rounds) {
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
        }
        assertTrue(run.lines().getLast().get("restarted").asInt() >= (channel.equals("ipc") ? 3 : 2),
                run.lines().getLast().toString());
        for (long pid : run.pids()) {
            run.assertGone(pid);
        }
    }
}
