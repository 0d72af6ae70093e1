package org.eden4j.simulator.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eden4j.simulator.CliRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The roles by hand, each with a media driver of its own, on the loopback interface. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RolesTest {
    private static final int ROUNDS = 3;

    @Test
    void shouldMeetAndAgree() throws Exception {
        String endpoint = "127.0.0.1:" + freePort();
        List<Future<CliRun>> runs = new ArrayList<>();
        try (ExecutorService hosts = Executors.newFixedThreadPool(3)) {
            runs.add(hosts.submit(() -> CliRun.of("aggregator", "--listen", endpoint, "--workers", "2", "--format",
                    "json", "--method", "eden:bits=3", "--deadline", "60")));
            for (String index : List.of("0", "1")) {
                runs.add(hosts.submit(() -> CliRun.of("worker", "--connect", endpoint, "--index", index, "--method",
                        "eden:bits=3", "--dimension", "30000", "--rounds", Integer.toString(ROUNDS), "--format",
                        "json")));
            }
        }
        List<JsonNode> aggregated = run(runs.getFirst()).json();
        assertEquals("udp:" + endpoint, aggregated.getFirst().get("address").asText());
        assertEquals(1 + ROUNDS, aggregated.size());
        Set<String> hashes = new HashSet<>();
        for (Future<CliRun> worker : runs.subList(1, 3)) {
            List<JsonNode> rounds = run(worker).json();
            assertEquals(ROUNDS, rounds.size());
            for (JsonNode round : rounds) {
                assertEquals(2, round.get("contributors").asInt(), round.toString());
                assertTrue(round.get("endNs").asLong() > round.get("beginNs").asLong(), round.toString());
                hashes.add(round.get("round").asText() + ' ' + round.get("hash").asText());
            }
        }
        assertEquals(ROUNDS, hashes.size(), hashes.toString());
    }

    @Test
    void shouldRefuseANetworkInOneSentence() {
        CliRun run = CliRun.of("aggregator", "--listen", "0.0.0.0:0");
        assertEquals(1, run.exitCode());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("0.0.0.0:0 is not on the loopback interface"), run.err());
    }

    @Test
    void shouldCallAWrongEndpointWrongUsage() {
        CliRun run = CliRun.of("worker", "--connect", "nowhere");
        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("--connect"), run.err());
    }

    private static CliRun run(Future<CliRun> future) throws Exception {
        CliRun run = future.get();
        assertEquals(0, run.exitCode(), run.err());
        return run;
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
