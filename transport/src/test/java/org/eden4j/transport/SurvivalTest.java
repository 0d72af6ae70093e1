package org.eden4j.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eden4j.transport.aggregator.AggregatorCounters;
import org.eden4j.transport.job.JobAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs of real processes continue, and their replicas stay equal bit for bit, whichever process is killed or stopped,
 * and whenever. Members advance only to a given round, so that a printed seed, and not the machine's speed, decides
 * which updates the aggregator has at that moment. Two jobs run at a time: they spend most of their time waiting until
 * a member counts as lost.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("thorough")
class SurvivalTest {
    private static final int DIMENSION = 5_000;
    /** An MTU so small that an update has several frames. */
    private static final int MTU = 1408;
    private static final int WORKERS = 3;
    private static final int DEADLINE_MS = 3000;
    private static final int NOBODY = -1;
    private static final int MOST_ROUNDS_BEFORE = 5;
    /** Rounds after the last event, when more than one member can be ahead of another. */
    private static final int MORE_ROUNDS = 20;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(15);

    private final long seed = Long.getLong("eden4j.test.seed", 20_261_122);
    private final Random random = new Random();
    private String job = "";
    private final List<Moment> moments = new ArrayList<>(List.of(Moment.values()));

    /** The state of a round when a process is killed or stopped. */
    private enum Moment {
        /** Between two rounds: all members have finished one, and wait. */
        BETWEEN,
        /** The aggregator has whole updates, but not that of the victim. */
        BEFORE_ITS_UPDATE,
        /** The aggregator has the victim's whole update, but not all others. */
        AFTER_ITS_UPDATE,
        /** In the middle of a round, at an arbitrary point. */
        UNDER_WAY
    }

    /** All processes of a job, and its members' output for each round. */
    private final class Team implements AutoCloseable {
        final Path directory = Path.of("/dev/shm", "eden4j-test-" + ProcessHandle.current().pid() + '-'
                + System.nanoTime());
        final String kind;
        /** The methods of updates and, after a slash, of means. */
        final String methods;
        final ChildProcess[] members = new ChildProcess[WORKERS];
        final List<Map<Long, String>> hashes = new ArrayList<>();
        /** By worker: the last round before which it reported to wait, -1 if its process has not yet. */
        final long[] waiting = new long[WORKERS];
        /** By worker: true if its process has the mean of any round. */
        final boolean[] averaged = new boolean[WORKERS];
        /** Round before which members wait. */
        long limit;
        int stopped = NOBODY;
        ChildProcess driver;
        ChildProcess aggregator;
        JobAddress address;

        Team(Job.Channel channel, String kind, String methods) throws Exception {
            this.kind = kind;
            this.methods = methods;
            if (channel == Job.Channel.IPC) {
                startDriver();
            }
            address = channel == Job.Channel.IPC ? JobAddress.ipc(directory, 5) : JobAddress.udp("127.0.0.1", 0);
            startAggregator();
            for (int index = 0; index < WORKERS; index++) {
                hashes.add(new HashMap<>());
                startMember(index);
            }
            for (int index = 0; index < WORKERS; index++) {
                hear(index, "waits", 0);
            }
        }

        void startDriver() throws Exception {
            driver = new ChildProcess(ChildProcess.BRIEF, DriverProcess.class, WORKERS + 2, directory);
            assertEquals("driving " + directory, driver.line());
        }

        void startAggregator() throws Exception {
            aggregator = new ChildProcess(ChildProcess.BRIEF, AggregatorProcess.class, address, WORKERS, methods,
                    DEADLINE_MS, MTU);
            String line = aggregator.line();
            assertTrue(line.startsWith("listening "), line);
            address = JobAddress.parse(line.substring("listening ".length()));
        }

        void startMember(int index) throws Exception {
            members[index] = new ChildProcess(ChildProcess.BRIEF, MemberProcess.class, address, index, DIMENSION,
                    methods.split("/")[0], MTU, 1000 + index, kind);
            waiting[index] = -1;
            averaged[index] = false;
        }

        /** Reads a member's output until it has this line for this round or a later one. */
        void hear(int index, String what, long round) throws Exception {
            String[] said;
            do {
                said = take(index, members[index].line());
            } while (!said[0].equals(what) || Long.parseLong(said[1]) < round);
        }

        private String[] take(int index, String line) {
            String[] said = line.split(" ", 5);
            switch (said[0]) {
                case "round" -> {
                    hashes.get(index).put(Long.parseLong(said[1]), said[4]);
                    averaged[index] = true;
                }
                case "waits" -> waiting[index] = Long.parseLong(said[1]);
                case "joined", "shared", "submits", "resynchronised" -> {
                }
                default -> throw new AssertionError("worker " + index + ": " + line);
            }
            return said;
        }

        /** Reads the aggregators' output until each has this number of whole updates of the open round. */
        void awaitUpdates(int count) throws Exception {
            String[] said;
            do {
                said = aggregator.line().split(" ", 3);
                assertEquals("whole", said[0], String.join(" ", said));
            } while (Long.parseLong(said[1]) != limit - 1 || Integer.parseInt(said[2]) < count);
        }

        void release(int index) throws Exception {
            members[index].tell(limit);
        }

        /** Lets all members finish the open round; one that is still starting need not. */
        void finishRound() throws Exception {
            for (int index = 0; index < WORKERS; index++) {
                if (index != stopped) {
                    release(index);
                }
            }
            for (int index = 0; index < WORKERS; index++) {
                if (index == stopped) {
                    continue;
                }
                if (waiting[index] >= 0) {
                    if (waiting[index] < limit) {
                        hear(index, "waits", limit);
                    }
                } else {
                    for (String line = members[index].lineNow(); line != null; line = members[index].lineNow()) {
                        take(index, line);
                    }
                }
            }
        }

        void go(int rounds) throws Exception {
            for (int round = 0; round < rounds; round++) {
                limit++;
                finishRound();
            }
        }

        /** Continues until a member has the mean of a round. */
        void goUntilAveraged(int index) throws Exception {
            do {
                go(1);
            } while (!averaged[index]);
        }

        /** Opens a round and lets it reach a moment. */
        void reach(Moment moment, int victim) throws Exception {
            limit++;
            List<Integer> others = new ArrayList<>(IntStream.range(0, WORKERS).boxed().toList());
            others.remove((Integer) victim);
            Collections.shuffle(others, random);
            List<Integer> released = switch (moment) {
                case BETWEEN -> List.of();
                case BEFORE_ITS_UPDATE -> others.subList(0, 1 + random.nextInt(WORKERS - 1));
                case AFTER_ITS_UPDATE -> {
                    others.addFirst(victim == NOBODY ? others.removeFirst() : victim);
                    yield others.subList(0, 1 + random.nextInt(WORKERS - 1));
                }
                case UNDER_WAY -> IntStream.range(0, WORKERS).boxed().toList();
            };
            for (int index : released) {
                release(index);
            }
            if (moment == Moment.UNDER_WAY) {
                hear(victim == NOBODY ? others.getFirst() : victim, "submits", limit - 1);
            } else if (!released.isEmpty()) {
                awaitUpdates(released.size());
            }
            print("round " + (limit - 1) + ", submitted by " + released + ": " + moment + " of "
                    + (victim == NOBODY ? "none of them" : "worker " + victim));
        }

        /** Ends the job; all members that have finished a round must have the same result. */
        void finish() throws Exception {
            go(MORE_ROUNDS);
            for (ChildProcess member : members) {
                member.tell("end");
            }
            for (long round = 0; round < limit; round++) {
                Set<String> different = new HashSet<>();
                for (Map<Long, String> said : hashes) {
                    if (said.containsKey(round)) {
                        different.add(said.get(round));
                    }
                }
                assertTrue(different.size() == 1, "round " + round + ": " + different);
            }
            assertTrue(hashes.stream().allMatch(said -> said.containsKey(limit - 1)), "all members see the end");
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

    private void print(String what) {
        System.out.println("seed " + seed + ", " + job + ": " + what);
    }

    private void assertInTime(String what, long startNs) {
        long elapsedNs = System.nanoTime() - startNs;
        print(what + " after " + elapsedNs / 1_000_000 + " ms");
        assertTrue(elapsedNs < LIMIT_NS, what + " after " + elapsedNs / 1_000_000 + " ms");
    }

    /**
     * Draws one of four moments, in two of which some updates have arrived and others have not: of four events two come
     * in the middle of a round.
     */
    private Moment moment() {
        return moments.removeFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"IPC;model;eden:bits=4/eden:bits=4", "UDP;model;eden:bits=4/eden:bits=4",
            "UDP;replica;eden:bits=4/eden:bits=4", "UDP;none;eden:bits=4/eden:bits=4",
            "IPC;model;eden:bits=0.5,coding=entropy/eden:bits=2,coding=trellis",
            "UDP;replica;eden:bits=2,coding=trellis/eden:bits=0.5,coding=entropy"})
    @Execution(ExecutionMode.CONCURRENT)
    void shouldGoOnWhateverIsKilledOrStopped(Job.Channel channel, String kind, String methods) throws Exception {
        job = channel + ", " + kind + ", " + methods;
        random.setSeed(seed + job.hashCode());
        Collections.shuffle(moments, random);
        try (Team team = new Team(channel, kind, methods)) {
            killWorker(team);
            if (!kind.equals("none")) {
                killAggregator(team);
            }
            if (channel == Job.Channel.IPC) {
                killDriver(team);
            }
            if (kind.equals("model")) {
                stopWorker(team);
            }
            team.finish();
        }
    }

    private void goOn(Team team) throws Exception {
        team.go(1 + random.nextInt(MOST_ROUNDS_BEFORE));
    }

    private void killWorker(Team team) throws Exception {
        goOn(team);
        int victim = random.nextInt(WORKERS);
        team.reach(moment(), victim);
        team.members[victim].kill();
        long startNs = System.nanoTime();
        team.startMember(victim);
        team.finishRound();
        if (team.waiting[victim] < 0) {
            team.hear(victim, "joined", 0);
        }
        team.goUntilAveraged(victim);
        assertInTime("worker " + victim + " is back", startNs);
    }

    private void killAggregator(Team team) throws Exception {
        goOn(team);
        team.reach(moment(), NOBODY);
        team.aggregator.kill();
        long startNs = System.nanoTime();
        team.startAggregator();
        team.finishRound();
        assertInTime("with a new aggregator a round", startNs);
    }

    /** Kills a driver; shared memory outlives it: rounds continue, and then use the new driver, which counts them. */
    private void killDriver(Team team) throws Exception {
        goOn(team);
        team.reach(moment(), NOBODY);
        team.driver.kill();
        long startNs = System.nanoTime();
        team.startDriver();
        team.finishRound();
        long first = -1;
        try (DriverFiles.Mapped driver = new DriverFiles.Mapped(team.directory)) {
            while (first < 0 || driver.value(AggregatorCounters.FIRST_TYPE) == first) {
                team.go(1);
                if (first < 0) {
                    first = driver.value(AggregatorCounters.FIRST_TYPE);
                }
            }
        }
        assertInTime("through a new media driver a round", startNs);
    }

    private void stopWorker(Team team) throws Exception {
        goOn(team);
        int victim = random.nextInt(WORKERS);
        team.reach(moment(), victim);
        team.members[victim].signal("STOP");
        team.stopped = victim;
        long startNs = System.nanoTime();
        team.finishRound();
        team.go(2);
        long onceNs = System.nanoTime() - startNs;
        startNs = System.nanoTime();
        team.go(10);
        long thenNs = System.nanoTime() - startNs;
        print("with a stopped worker " + onceNs / 1_000_000 + " ms for three rounds, " + thenNs / 1_000_000
                + " ms for the next ten");
        assertTrue(onceNs < 2 * DEADLINE_MS * 1_000_000L, "at most one deadline");
        assertTrue(thenNs < DEADLINE_MS * 1_000_000L, "then not at all");
        team.members[victim].signal("CONT");
        team.stopped = NOBODY;
        team.averaged[victim] = false;
        startNs = System.nanoTime();
        team.goUntilAveraged(victim);
        assertInTime("the stopped worker has caught up", startNs);
    }
}
