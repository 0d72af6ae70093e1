package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.eden4j.transport.wire.FrameLayout;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Means over a network that loses datagrams in both directions; members are threads with media drivers of their own.
 *
 * <p>By chance: 7e-6, in twelve comparisons at five standard errors at least.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@Tag("thorough")
class MeanLossTest {
    private static final String SEED = "20261122";
    private static final int WORKERS = 4;
    private static final int ROUNDS = 5;
    private static final int DEADLINE_S = 60;
    private static final Method METHOD = Method.parse("eden:bits=4");
    /** Blocks of 1024 coordinates, one in a datagram. */
    private static final int MTU = 1024;
    private static final int DIMENSION = 2_000_000;

    @ParameterizedTest
    @ValueSource(doubles = {0, .01, .05, .2})
    void shouldGiveExactlyTheLossFreeMeanWhereFramesAreRepeated(double loss) {
        List<JsonNode> lines = mean(ROUNDS, "--channel", "udp", "--loss", Double.toString(loss), "--dimension",
                "200000",
                "--mtu", "1408");
        for (JsonNode round : lines.subList(1, 1 + ROUNDS)) {
            assertEquals(WORKERS, round.get("contributors").asInt(), round.toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
            assertEquals(loss, round.get("loss").asDouble());
        }
        assertTrue(lines.getLast().get("equalsReference").asBoolean());
    }

    /** Enough rounds that a tenth of the error is at least five standard errors of it, see {@link #standardError}. */
    @ParameterizedTest
    @CsvSource({"independent,.01,12", "independent,.05,7", "independent,.2,4", "same,.01,2", "same,.05,2", "same,.2,2"})
    @Tag("thorough")
    void shouldMeetTheClosedFormWhereFramesAreNotRepeated(String vectors, double loss, int rounds) {
        List<JsonNode> lines = mean(rounds, "--unreliable", "--loss", Double.toString(loss), "--vectors", vectors,
                "--input", "normal", "--dimension", Integer.toString(DIMENSION), "--mtu", Integer.toString(MTU),
                "--method", METHOD.toString(), "--downlink", "eden:bits=8");
        double inverse = new ExpectedError.Uplink(WORKERS, loss).meanInverse();
        double v = METHOD.vnmse().orElseThrow();
        boolean same = vectors.equals("same");
        double formula = same ? v * inverse : (1 + v) * inverse - 1.0 / WORKERS;
        long lost = 0;
        for (JsonNode round : lines.subList(1, 1 + rounds)) {
            assertEquals(WORKERS, round.get("contributors").asInt(), round.toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
            assertTrue(round.get("seconds").asDouble() < DEADLINE_S, "waited for the deadline: " + round);
            lost += round.get("lost").asLong();
        }
        JsonNode summary = lines.getLast();
        assertTrue(summary.get("equalsReference").asBoolean());
        assertEquals(lost, summary.get("lost").asLong());
        assertTrue(lost > 0, "nothing was lost");
        double nmse = summary.get("nmse").asDouble();
        double expected = summary.get("expectedNmse").asDouble();
        System.out.printf("%s, loss %s: %d frames lost, nmse %.6f, expected %.6f, formula %.6f%n", vectors, loss, lost,
                nmse, expected, formula);
        long blocks = (long) rounds * FrameLayout.of(METHOD, DIMENSION, MTU).blocks().blockCount();
        double spread = standardError(loss, same ? v : 1 + v, blocks);
        assertTrue(5 * spread < .1 * formula, "too few rounds: " + spread);
        double undelivered = summary.get("undelivered").asDouble();
        double zeros = undelivered * (same ? 1 : 1.0 / WORKERS);
        assertEquals(formula, nmse - zeros, .1 * formula, summary.toString());
        // v is that of large blocks, and the codec's own error spreads too
        assertEquals(expected, nmse, 5 * spread + .02 * expected, summary.toString());
    }

    /** A frame of ten or so is lost: most updates are counted in part in some rounds and as a whole in others. */
    @Test
    void shouldKeepTheResidualsOfUpdatesThatWereCountedInPart() {
        List<JsonNode> lines = mean(8, "--unreliable", "--loss", "0.1", "--error-feedback", "--method",
                "topk:fraction=0.1", "--dimension", "20000", "--mtu", "1024");
        for (JsonNode round : lines.subList(1, 9)) {
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
        }
        long lost = lines.getLast().get("lost").asLong();
        assertTrue(lost >= 8, lost + " frames were lost");
    }

    /** Returns the standard error of the mean of {@code factor / k} over this number of blocks, one datagram each. */
    private static double standardError(double loss, double factor, long blocks) {
        double probability = Math.pow(loss, WORKERS);
        double total = 0;
        double sum = 0;
        double squares = 0;
        for (int k = 1; k <= WORKERS; k++) {
            probability *= (WORKERS - k + 1.0) / k * (1 - loss) / loss;
            total += probability;
            sum += probability / k;
            squares += probability / k / k;
        }
        double mean = sum / total;
        return factor * Math.sqrt((squares / total - mean * mean) / blocks);
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

    private static List<JsonNode> mean(int rounds, String... options) {
        System.out.println("seed " + SEED);
        List<String> arguments = new ArrayList<>(List.of("mean", "--threads-only", "--format", "json", "--deadline",
                Integer.toString(DEADLINE_S), "--seed", SEED, "--workers", Integer.toString(WORKERS), "--rounds",
                Integer.toString(rounds)));
        arguments.addAll(List.of(options));
        CliRun run = CliRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        return run.json();
    }
}
