package org.eden4j.transport;

import static org.eden4j.transport.Team.WORKERS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eden4j.transport.aggregator.AggregatorCounters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs of real processes continue, and their replicas stay equal bit for bit, whichever process is killed or stopped,
 * and whenever. Members advance only to a given round, so that a printed seed, and not the machine's speed, decides
 * which updates the aggregators have at that moment. Two jobs run at a time: they spend most of their time waiting
 * until a member counts as lost.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@Tag("thorough")
class SurvivalTest {
    private static final int NOBODY = -1;
    private static final int MOST_ROUNDS_BEFORE = 5;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(15);

    private final long seed = Long.getLong("eden4j.test.seed", 20_261_122);
    private final Random random = new Random();
    private String job = "";
    private final List<Moment> moments = new ArrayList<>();

    /** The state of a round when a process is killed or stopped. */
    private enum Moment {
        /** Between two rounds: all members have finished one, and wait. */
        BETWEEN,
        /** The aggregators have whole updates, but not that of the victim. */
        BEFORE_ITS_UPDATE,
        /** The aggregators have the victim's whole update, but not all others. */
        AFTER_ITS_UPDATE,
        /** In the middle of a round, at an arbitrary point. */
        UNDER_WAY
    }

    private void begin(String description) {
        job = description;
        random.setSeed(seed + description.hashCode());
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
        if (moments.isEmpty()) {
            moments.addAll(List.of(Moment.values()));
            Collections.shuffle(moments, random);
        }
        return moments.removeFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"IPC;model;eden:bits=4/eden:bits=4", "UDP;model;eden:bits=4/eden:bits=4",
            "UDP;replica;eden:bits=4/eden:bits=4", "UDP;none;eden:bits=4/eden:bits=4",
            "IPC;model;eden:bits=0.5,coding=entropy/eden:bits=2,coding=trellis",
            "UDP;replica;eden:bits=2,coding=trellis/eden:bits=0.5,coding=entropy"})
    @Execution(ExecutionMode.CONCURRENT)
    @Tag("long")
    void shouldGoOnWithOneAggregator(Job.Channel channel, String kind, String methods) throws Exception {
        survive(channel, kind, methods, 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"IPC;model;eden:bits=4/eden:bits=4;2",
            "UDP;model;eden:bits=1/eden:bits=4;3"})
    @Execution(ExecutionMode.CONCURRENT)
    void shouldGoOnWithSeveralAggregators(Job.Channel channel, String kind, String methods, int shards)
            throws Exception {
        survive(channel, kind, methods, shards);
    }

    private void survive(Job.Channel channel, String kind, String methods, int shards)
            throws Exception {
        begin(channel + ", " + kind + ", " + methods + ", shards " + shards);
        try (Team team = new Team(channel, kind, methods, shards, false)) {
            killWorker(team);
            if (!kind.equals("none")) {
                killAggregator(team, NOBODY);
            }
            if (channel == Job.Channel.IPC) {
                killDriver(team);
            }
            if (kind.equals("model")) {
                stopWorker(team);
            }
            if (shards > 1) {
                stopAggregator(team);
                killAggregator(team, random.nextInt(WORKERS));
            }
            team.finish();
        }
    }

    /** Without a host there is no round: the others wait for it, and then continue. */
    @ParameterizedTest
    @CsvSource({"IPC, eden:bits=4/eden:bits=4", "UDP, eden:bits=1/eden:bits=4"})
    @Execution(ExecutionMode.CONCURRENT)
    void shouldGoOnWhereAHostOfAShardIsKilledOrStopped(Job.Channel channel, String methods) throws Exception {
        begin(channel + ", peers, " + methods);
        try (Team team = new Team(channel, "model", methods, WORKERS, true)) {
            killWorker(team);
            stopHost(team);
            if (channel == Job.Channel.IPC) {
                killDriver(team);
            }
            killWorker(team);
            team.finish();
        }
    }

    private void goOn(Team team) throws Exception {
        team.go(1 + random.nextInt(MOST_ROUNDS_BEFORE));
    }

    /** Opens a round and lets it reach a moment. */
    private void reach(Team team, int victim) throws Exception {
        Moment moment = moment();
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
        team.open(released);
        if (moment == Moment.UNDER_WAY) {
            team.awaitSubmission(victim == NOBODY ? others.getFirst() : victim);
        } else if (!released.isEmpty()) {
            team.awaitUpdates(released.size());
        }
        print("round " + team.openRound() + ", submitted by " + released + ": " + moment + " of "
                + (victim == NOBODY ? "none of them" : "worker " + victim));
    }

    private void killWorker(Team team) throws Exception {
        goOn(team);
        int victim = random.nextInt(WORKERS);
        reach(team, victim);
        team.killMember(victim);
        long startNs = System.nanoTime();
        team.startMember(victim);
        team.finishRound();
        team.awaitJoined(victim);
        team.goUntilAveraged(victim);
        assertInTime("worker " + victim + " is back", startNs);
    }

    /** Kills the aggregator of a shard, and at the same time a worker unless that is {@link #NOBODY}. */
    private void killAggregator(Team team, int worker) throws Exception {
        goOn(team);
        int shard = random.nextInt(team.shards());
        reach(team, worker);
        team.killAggregator(shard);
        if (worker != NOBODY) {
            team.killMember(worker);
        }
        long startNs = System.nanoTime();
        team.startAggregator(shard);
        if (worker != NOBODY) {
            team.startMember(worker);
        }
        team.finishRound();
        if (worker != NOBODY) {
            team.awaitJoined(worker);
            team.goUntilAveraged(worker);
        }
        assertInTime("with a new aggregator of shard " + shard + (worker == NOBODY ? "" : " and worker " + worker)
                + " a round", startNs);
    }

    /** Kills a driver; shared memory outlives it: rounds continue, and then use the new driver, which counts them. */
    private void killDriver(Team team) throws Exception {
        goOn(team);
        reach(team, NOBODY);
        team.killDriver();
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
        reach(team, victim);
        team.stopMember(victim);
        long startNs = System.nanoTime();
        team.finishRound();
        team.go(2);
        long onceNs = System.nanoTime() - startNs;
        startNs = System.nanoTime();
        team.go(10);
        long thenNs = System.nanoTime() - startNs;
        print("with a stopped worker " + onceNs / 1_000_000 + " ms for three rounds, " + thenNs / 1_000_000
                + " ms for the next ten");
        assertTrue(onceNs < 2 * Team.DEADLINE_MS * 1_000_000L, "at most one deadline");
        assertTrue(thenNs < Team.DEADLINE_MS * 1_000_000L, "then not at all");
        team.continueMember(victim);
        startNs = System.nanoTime();
        team.goUntilAveraged(victim);
        assertInTime("the stopped worker has caught up", startNs);
    }

    /** Stops the aggregator of a shard until the others have closed the round, by their deadline at the latest. */
    private void stopAggregator(Team team) throws Exception {
        goOn(team);
        int shard = random.nextInt(team.shards());
        reach(team, NOBODY);
        team.signalAggregator(shard, "STOP");
        team.releaseAll();
        for (int other = 0; other < team.shards(); other++) {
            if (other != shard) {
                team.awaitEnd(other);
            }
        }
        team.signalAggregator(shard, "CONT");
        long startNs = System.nanoTime();
        team.finishRound();
        team.go(1);
        assertInTime("with the aggregator of shard " + shard + " continued a round", startNs);
    }

    /** Stops a worker that hosts a shard; the others submit meanwhile. */
    private void stopHost(Team team) throws Exception {
        goOn(team);
        int victim = random.nextInt(WORKERS);
        team.open(List.of());
        team.stopMember(victim);
        team.releaseAll();
        for (int index = 0; index < WORKERS; index++) {
            if (index != victim) {
                team.awaitSubmission(index);
            }
        }
        team.continueMember(victim);
        long startNs = System.nanoTime();
        team.finishRound();
        team.goUntilAveraged(victim);
        assertInTime("with worker " + victim + " and its shard continued a round", startNs);
    }
}
