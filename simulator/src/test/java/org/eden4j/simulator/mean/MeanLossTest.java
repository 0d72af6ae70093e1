package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Means over a network that loses datagrams in both directions; members are threads with media drivers of their own. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MeanLossTest {
    private static final String SEED = "20261122";
    private static final int WORKERS = 4;
    private static final int ROUNDS = 5;

    @ParameterizedTest
    @ValueSource(doubles = {0, .01, .05, .2})
    void shouldGiveExactlyTheLossFreeMeanWhereFramesAreRepeated(double loss) {
        List<JsonNode> lines = mean("--channel", "udp", "--loss", Double.toString(loss), "--dimension", "200000",
                "--mtu", "1408");
        for (JsonNode round : lines.subList(1, 1 + ROUNDS)) {
            assertEquals(WORKERS, round.get("contributors").asInt(), round.toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
            assertEquals(loss, round.get("loss").asDouble());
        }
        assertTrue(lines.getLast().get("equalsReference").asBoolean());
    }

    @Test
    void shouldRefuseToLoseInSharedMemory() {
        CliRun run = CliRun.of("mean", "--loss", "0.1", "--channel", "ipc");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("nothing is lost over ipc: --loss and --unreliable need --channel udp"),
                run.err());
        run = CliRun.of("mean", "--loss", "1");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--loss must be in [0, 1), got 1.0"), run.err());
    }

    private static List<JsonNode> mean(String... options) {
        System.out.println("seed " + SEED);
        List<String> arguments = new ArrayList<>(List.of("mean", "--threads-only", "--format", "json", "--deadline",
                "60", "--seed", SEED, "--workers", Integer.toString(WORKERS), "--rounds", Integer.toString(ROUNDS)));
        arguments.addAll(List.of(options));
        CliRun run = CliRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        return run.json();
    }
}
