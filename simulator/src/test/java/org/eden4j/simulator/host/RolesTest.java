package org.eden4j.simulator.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import org.eden4j.compressor.Method;
import org.eden4j.simulator.CliRun;
import org.eden4j.simulator.process.VectorHash;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.JobAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The roles started by hand, each with its own media driver, on the loopback interface. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RolesTest {
    private static final int ROUNDS = 3;
    private static final Method METHOD = Method.parse("eden:bits=3");
    private static final int DIMENSION = 30_000;

    @Test
    void shouldMeetAndAgree() throws Exception {
        String endpoint = "127.0.0.1:" + freePort();
        List<Future<CliRun>> runs = new ArrayList<>();
        try (ExecutorService hosts = Executors.newFixedThreadPool(3)) {
            runs.add(hosts.submit(() -> CliRun.of("aggregator", "--listen", endpoint, "--workers", "2", "--format",
                    "json", "--method", "eden:bits=3", "--deadline", "60", "--dimension", "30000")));
            CliRun mistaken = CliRun.of("worker", "--connect", endpoint, "--method", "eden:bits=3", "--dimension",
                    "12345",
                    "--rounds", "1");
            assertTrue(mistaken.err().contains("dimension 12345 differs from the job's 30000"), mistaken.err());
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
                hashes.add(roundAndHash(round));
            }
        }
        assertEquals(ROUNDS, hashes.size(), hashes.toString());
    }

    @Test
    void shouldMeetAsPeersWithAShardEach() throws Exception {
        String endpoints = "127.0.0.1:" + freePort() + ",127.0.0.1:" + freePort();
        List<Future<CliRun>> runs = new ArrayList<>();
        try (ExecutorService hosts = Executors.newFixedThreadPool(2)) {
            for (String index : List.of("0", "1")) {
                runs.add(hosts.submit(() -> CliRun.of("worker", "--connect", endpoints, "--index", index, "--serve",
                        index, "--workers", "2", "--deadline", "60", "--method", "eden:bits=3", "--dimension", "30000",
                        "--rounds", Integer.toString(ROUNDS), "--format", "json")));
            }
        }
        Set<String> hashes = new HashSet<>();
        for (Future<CliRun> worker : runs) {
            List<JsonNode> rounds = run(worker).json();
            assertEquals(ROUNDS, rounds.size());
            rounds.forEach(round -> hashes.add(roundAndHash(round)));
        }
        assertEquals(ROUNDS, hashes.size(), hashes.toString());
    }

    @Test
    void shouldTakePartInTheRoundsThatAreLeft() throws Exception {
        String endpoint = "127.0.0.1:" + freePort();
        JobAddress address = JobAddress.parse("udp:" + endpoint);
        try (Aggregator _ = Aggregator.builder(address, 2, METHOD).quorum(2).start();
                Arena arena = Arena.ofShared();
                ExecutorService hosts = Executors.newFixedThreadPool(2)) {
            try (Worker staying = Worker.builder(address, DIMENSION, METHOD).index(0).join()) {
                try (Worker member = Worker.builder(address, DIMENSION, METHOD).index(1).join()) {
                    for (int round = 0; round < 2; round++) {
                        Future<String> other = hosts.submit(() -> exchange(member, arena));
                        assertEquals(exchange(staying, arena), other.get());
                    }
                }
                Future<CliRun> late = hosts.submit(() -> CliRun.of("worker", "--connect", endpoint, "--index", "1",
                        "--method", "eden:bits=3", "--dimension", Integer.toString(DIMENSION), "--rounds", "5",
                        "--format", "json"));
                List<String> hashes = new ArrayList<>();
                for (int round = 2; round < 5; round++) { // none of them closes with one worker
                    hashes.add(round + " " + exchange(staying, arena));
                }
                assertEquals(hashes, run(late).json().stream().map(RolesTest::roundAndHash).toList());
            }
        }
    }

    private static String exchange(Worker worker, Arena arena) {
        MemorySegment vector = arena.allocate((long) DIMENSION * Float.BYTES);
        vector.setAtIndex(ValueLayout.JAVA_FLOAT, worker.index(), 1);
        worker.exchange(vector, 1, vector);
        return VectorHash.of(vector);
    }

    private static String roundAndHash(JsonNode row) {
        return row.get("round").asText() + ' ' + row.get("hash").asText();
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
