package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs of real processes go on, and their replicas stay equal bit for bit, whatever of them is killed or stopped at a moment
 * that a printed seed decides.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SurvivalTest {
    private static final Method METHOD = Method.parse("eden:bits=4");
    private static final int DIMENSION = 200_000;
    private static final int WORKERS = 3;
    private static final int DEADLINE_MS = 3000;
    /** From the last event on: more than one member can be ahead of another. */
    private static final int MORE_ROUNDS = 20;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(15);

    private final long seed = 20_261_122;
    private final Random random = new Random(seed);

    /** All processes of a job, and what its members said of each round. */
    private final class Team implements AutoCloseable {
        final Path directory = Path.of("/dev/shm", "eden4j-test-" + ProcessHandle.current().pid() + '-'
                + System.nanoTime());
        final String kind;
        final ChildProcess[] members = new ChildProcess[WORKERS];
        final List<Map<Long, String>> hashes = new ArrayList<>();
        ChildProcess driver;
        ChildProcess aggregator;
        JobAddress address;

        Team(Job.Channel channel, String kind) throws Exception {
            System.out.println("seed " + seed);
            this.kind = kind;
            if (channel == Job.Channel.IPC) {
                startDriver();
            }
            address = channel == Job.Channel.IPC ? JobAddress.ipc(directory, 5) : JobAddress.udp("127.0.0.1", 0);
            startAggregator();
            for (int index = 0; index < WORKERS; index++) {
                hashes.add(new HashMap<>());
                startMember(index);
            }
        }

        void startDriver() throws Exception {
            driver = new ChildProcess(DriverProcess.class, WORKERS + 2, directory);
            assertEquals("driving " + directory, driver.line());
        }

        void startAggregator() throws Exception {
            aggregator = new ChildProcess(AggregatorProcess.class, address, WORKERS, METHOD, DEADLINE_MS);
            String line = aggregator.line();
            assertTrue(line.startsWith("listening "), line);
            address = JobAddress.parse(line.substring("listening ".length()));
        }

        void startMember(int index) throws Exception {
            members[index] = new ChildProcess(MemberProcess.class, address, index, DIMENSION, METHOD, 1000 + index, 20,
                    kind);
        }

        /** Reads what a member says until it has finished this round, or one after it. */
        long await(int index, long round) throws Exception {
            while (true) {
                String[] said = members[index].line().split(" ", 5);
                switch (said[0]) {
                    case "round" -> {
                        long number = Long.parseLong(said[1]);
                        hashes.get(index).put(number, said[4]);
                        if (number >= round) {
                            return number;
                        }
                    }
                    case "joined", "shared", "resynchronised" -> {
                    }
                    default -> throw new AssertionError("worker " + index + ": " + String.join(" ", said));
                }
            }
        }

        /** Lets all members reach a round. */
        long awaitAll(long round) throws Exception {
            long furthest = 0;
            for (int index = 0; index < WORKERS; index++) {
                furthest = Math.max(furthest, await(index, round));
            }
            return furthest;
        }

        /** Ends the job; whoever has finished a round has the same as all others that have. */
        void finish() throws Exception {
            long reached = awaitAll(0);
            for (ChildProcess member : members) {
                member.tell(reached + MORE_ROUNDS);
            }
            long last = awaitAll(reached + MORE_ROUNDS - 1);
            Set<Long> common = new HashSet<>();
            for (long round = 0; round <= last; round++) {
                Set<String> different = new HashSet<>();
                for (Map<Long, String> said : hashes) {
                    if (said.containsKey(round)) {
                        different.add(said.get(round));
                    }
                }
                assertTrue(different.size() == 1, "round " + round + ": " + different);
                long number = round;
                if (hashes.stream().allMatch(said -> said.containsKey(number))) {
                    common.add(round);
                }
            }
            assertTrue(common.contains(last), "all members see the end");
        }

        @Override
        public void close() {
            for (ChildProcess member : members) {
                if (member != null) {
                    member.close();
                }
            }
            aggregator.close();
            if (driver != null) {
                driver.close();
                org.agrona.IoUtil.delete(directory.toFile(), true);
            }
        }
    }

    /** Some milliseconds into a round. */
    private void pause() {
        long endNs = System.nanoTime() + random.nextLong(60_000_000);
        while (System.nanoTime() - endNs < 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(endNs - System.nanoTime());
        }
    }

    private static void assertInTime(String what, long startNs) {
        long elapsedNs = System.nanoTime() - startNs;
        System.out.println(what + " after " + elapsedNs / 1_000_000 + " ms");
        assertTrue(elapsedNs < LIMIT_NS, what + " after " + elapsedNs / 1_000_000 + " ms");
    }

    @ParameterizedTest
    @CsvSource({"IPC,model", "UDP,model", "UDP,replica", "UDP,none"})
    void shouldGoOnWhateverIsKilledOrStopped(Job.Channel channel, String kind) throws Exception {
        try (Team team = new Team(channel, kind)) {
            team.awaitAll(3);
            long reached = killWorker(team);
            if (!kind.equals("none")) {
                reached = killAggregator(team, reached);
            }
            if (channel == Job.Channel.IPC) {
                reached = killDriver(team, reached);
            }
            if (kind.equals("model")) {
                stopWorker(team, reached);
            }
            team.finish();
        }
    }

    private long killWorker(Team team) throws Exception {
        pause();
        int victim = random.nextInt(WORKERS);
        team.members[victim].kill();
        long startNs = System.nanoTime();
        team.startMember(victim);
        long reached = team.await(victim, 0);
        assertInTime("worker " + victim + " is back in round " + reached, startNs);
        return team.awaitAll(reached + 1);
    }

    private long killAggregator(Team team, long reached) throws Exception {
        pause();
        team.aggregator.kill();
        long startNs = System.nanoTime();
        team.startAggregator();
        long last = team.awaitAll(reached + 10);
        assertInTime("with a new aggregator ten rounds", startNs);
        return last;
    }

    private long killDriver(Team team, long reached) throws Exception {
        pause();
        team.driver.kill();
        long startNs = System.nanoTime();
        team.startDriver();
        long last = team.awaitAll(reached + 10);
        assertInTime("with a new media driver ten rounds", startNs);
        return last;
    }

    private static void stopWorker(Team team, long reached) throws Exception {
        team.members[1].signal("STOP");
        long startNs = System.nanoTime();
        team.await(0, reached + 2);
        team.await(2, reached + 2);
        long onceNs = System.nanoTime() - startNs;
        startNs = System.nanoTime();
        team.await(0, reached + 12);
        long last = team.await(2, reached + 12);
        long thenNs = System.nanoTime() - startNs;
        System.out.println("with a stopped worker " + onceNs / 1_000_000 + " ms for two rounds, " + thenNs / 1_000_000
                + " ms for the next ten");
        assertTrue(onceNs < 2 * DEADLINE_MS * 1_000_000L, "at most one deadline");
        assertTrue(thenNs < DEADLINE_MS * 1_000_000L, "then not at all");
        team.members[1].signal("CONT");
        startNs = System.nanoTime();
        team.await(1, last + 1);
        assertInTime("the stopped worker has caught up", startNs);
    }
}
