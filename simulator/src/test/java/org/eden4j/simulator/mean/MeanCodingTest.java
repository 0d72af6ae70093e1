package org.eden4j.simulator.mean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Means of trellis- and entropy-coded vectors in both directions. Members are threads of this process, with media
 * drivers of their own over UDP, some of which lose datagrams.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@Tag("thorough")
class MeanCodingTest {
    private static final String SEED = "20261128";
    private static final int WORKERS = 3;
    private static final int ROUNDS = 2;
    private static final String ENTROPY = "eden:bits=2,coding=entropy";
    private static final String ENTROPY_OF_32_STATES = "eden:bits=2,coding=entropy,states=32";
    private static final String ENTROPY_OF_FEW_BITS = "eden:bits=0.5,coding=entropy";
    private static final String TRELLIS = "eden:bits=2,coding=trellis";
    private static final String TRELLIS_OF_64_STATES = "eden:bits=3,coding=trellis,states=64";
    private static final List<String> CODINGS = List.of(ENTROPY, ENTROPY_OF_32_STATES, ENTROPY_OF_FEW_BITS, TRELLIS,
            TRELLIS_OF_64_STATES);
    private static final List<String> NETWORKS = List.of("--channel ipc", "--channel udp",
            "--channel udp --loss 0.01", "--channel udp --loss 0.05", "--channel udp --loss 0.01 --unreliable",
            "--channel udp --loss 0.05 --unreliable");
    /** Headers of frames and of payloads, and the blocks at the end of a vector. */
    private static final double MOST_BITS_OF_HEADERS = .15;

    /** Every coding up and down, every network. */
    static Stream<Arguments> some() {
        return Stream.of(Arguments.of(ENTROPY, ENTROPY, NETWORKS.get(3)),
                Arguments.of(ENTROPY_OF_32_STATES, TRELLIS_OF_64_STATES, NETWORKS.get(0)),
                Arguments.of(ENTROPY_OF_FEW_BITS, ENTROPY_OF_32_STATES, NETWORKS.get(5)),
                Arguments.of(TRELLIS, ENTROPY_OF_FEW_BITS, NETWORKS.get(1)),
                Arguments.of(TRELLIS_OF_64_STATES, TRELLIS, NETWORKS.get(2)),
                Arguments.of(ENTROPY, TRELLIS, NETWORKS.get(4)));
    }

    static Stream<Arguments> all() {
        return CODINGS.stream().flatMap(coding -> NETWORKS.stream().map(network -> Arguments.of(coding, network)));
    }

    @ParameterizedTest(name = "{0} up, {1} down, {2}")
    @MethodSource("some")
    void shouldGiveTheMeanOfTheReference(String up, String down, String network) {
        assertMeans(up, down, network, "50003");
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    @Tag("thorough")
    void shouldGiveTheMeanOfTheReferenceForEveryCodingOverEveryNetwork(String coding, String network) {
        assertMeans(coding, coding, network, "300007");
    }

    private static void assertMeans(String up, String down, String network, String dimension) {
        List<String> arguments = new ArrayList<>(List.of("mean", "--threads-only", "--format", "json", "--deadline",
                "60", "--seed", SEED, "--workers", Integer.toString(WORKERS), "--rounds", Integer.toString(ROUNDS),
                "--mtu", "1408", "--dimension", dimension, "--method", up, "--downlink", down));
        arguments.addAll(List.of(network.split(" ")));
        CliRun run = CliRun.of(arguments.toArray(String[]::new));
        assertEquals(0, run.exitCode(), run.err());
        List<JsonNode> lines = run.json();
        assertEquals(2 + ROUNDS, lines.size());
        for (JsonNode round : lines.subList(1, 1 + ROUNDS)) {
            assertEquals(WORKERS, round.get("contributors").asInt(), round.toString());
            assertTrue(round.get("equalsReference").asBoolean(), round.toString());
            assertEquals(Method.parse(down).bitsPerCoordinate(), round.get("wireBitsDown").asDouble(),
                    MOST_BITS_OF_HEADERS, round.toString());
            if (!network.contains("--unreliable")) {
                assertEquals(Method.parse(up).bitsPerCoordinate(), round.get("wireBitsUp").asDouble(),
                        MOST_BITS_OF_HEADERS, round.toString());
            }
        }
        JsonNode summary = lines.getLast();
        assertTrue(summary.get("equalsReference").asBoolean(), summary.toString());
        System.out.printf("seed %s, %s up, %s down, %s: %s frames lost, %s and %s bits per coordinate%n", SEED, up,
                down, network, summary.get("lost"), summary.get("wireBitsUp"), summary.get("wireBitsDown"));
    }
}
