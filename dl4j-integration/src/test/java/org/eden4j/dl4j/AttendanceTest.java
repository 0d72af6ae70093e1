package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining.Builder;
import org.eden4j.transport.job.RoundResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Members whose networks take no steps for a while: real members over IPC, each in its own thread. */
class AttendanceTest {
    /** Far beyond the tests' limit: a member that waits for an absent one fails the test. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofMillis(200);
    private static final int MORE = 30;
    private static final int FEWER = 18;
    @RegisterExtension
    private static final IpcJobs JOBS = new IpcJobs();

    /** The ways in which one member runs out of batches before the other while it stays in the job. */
    private enum End {
        /** The epoch ends. */
        EPOCH,
        /** The program passes batches one by one. */
        STEPS,
        /** The data source throws in the middle of an epoch, and the program catches the exception. */
        THROWS,
        /** Early stopping takes long to score the network. */
        SCORES,
        /** The program calls pause(). */
        SAYS
    }

    @ParameterizedTest
    @CsvSource({"EPOCH,averaging,eden:bits=4", "EPOCH,sharing,drive", "STEPS,averaging,drive",
            "STEPS,sharing,eden:bits=4", "THROWS,averaging,eden:bits=4", "THROWS,sharing,eden:bits=4",
            "SCORES,averaging,drive", "SCORES,sharing,eden:bits=4", "SAYS,averaging,drive", "SAYS,sharing,drive"})
    void shouldNotWaitForAMemberWithoutBatches(End end, String mode, String method) throws Exception {
        List<List<RoundResult>> rounds = List.of(new ArrayList<>(), new ArrayList<>());
        CountDownLatch through = new CountDownLatch(1);
        run(method, (index, builder) -> {
            MultiLayerNetwork replica = Nets.network(new Sgd(.1), index + 1);
            Duration patience = index == 1 && end != End.SAYS ? SOON : DEADLINE;
            try (EdenTraining eden = builder.of(replica, mode)
                .pauseAfter(patience)
                .onRound(rounds.get(index)::add)
                .join()) {
                if (index == 0) {
                    replica.fit(new ListDataSetIterator<>(Nets.batches(MORE, 8, 1), 1));
                } else {
                    end(end, replica, through);
                    if (end == End.SAYS) {
                        eden.pause();
                    }
                    assertTrue(through.await(40, TimeUnit.SECONDS), "the other member waits");
                }
            } finally {
                if (index == 0) {
                    through.countDown();
                }
            }
        });
        List<RoundResult> seen = rounds.getFirst();
        assertEquals(mode.equals("sharing") ? MORE : MORE / 4 + 1, seen.size());
        seen.forEach(round -> assertEquals(1, round.attempts()));
        assertEquals(2, seen.getFirst().contributors());
        assertEquals(1, seen.getLast().contributors());
        if (mode.equals("averaging")) {
            assertTrue(rounds.get(1).getLast().contributed(),
                    "the remainder is exchanged although the others have left");
        }
    }

    private static void end(End end, MultiLayerNetwork replica, CountDownLatch through) {
        List<DataSet> share = Nets.batches(FEWER, 8, 2);
        switch (end) {
            case EPOCH, SAYS -> replica.fit(new ListDataSetIterator<>(share, 1));
            case STEPS -> share.forEach(replica::fit);
            case THROWS -> assertThrows(IllegalStateException.class,
                    () -> replica.fit(new ListDataSetIterator<>(share, 1) {
                        @Override
                        public boolean hasNext() {
                            return true;
                        }

                        @Override
                        public DataSet next() {
                            if (!super.hasNext()) {
                                throw new IllegalStateException("no such file");
                            }
                            return super.next();
                        }

                        @Override
                        public boolean asyncSupported() {
                            return false;
                        }
                    }));
            case SCORES -> new EarlyStoppingTrainer(new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(1))
                .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(share, 1), true) {
                    @Override
                    public double calculateScore(Model network) {
                        try {
                            assertTrue(through.await(40, TimeUnit.SECONDS), "the other member waits");
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        return super.calculateScore(network);
                    }
                })
                .modelSaver(new InMemoryModelSaver<>())
                .build(), replica, new ListDataSetIterator<>(share, 1)).fit();
        }
    }

    /** All members pause to evaluate, and continue when all have evaluated, as if none had paused. */
    @ParameterizedTest
    @CsvSource({"sharing", "averaging"})
    void shouldGoOnTogetherWhereAllEvaluateBetweenEpochs(String mode) throws Exception {
        int epochs = 3;
        int batches = 6;
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        List<RoundResult> rounds = new ArrayList<>();
        CyclicBarrier evaluated = new CyclicBarrier(2);
        run("none", (index, builder) -> {
            replicas[index] = Nets.network(new Adam(.01), index + 1);
            try (EdenTraining eden = builder.of(replicas[index], mode)
                .pauseAfter(DEADLINE)
                .onRound(index == 0 ? rounds::add : _ -> {})
                .join()) {
                for (int epoch = 0; epoch < epochs; epoch++) {
                    replicas[index].fit(new ListDataSetIterator<>(Nets.batches(batches, 8, index + 1), 1));
                    eden.pause();
                    evaluated.await(40, TimeUnit.SECONDS);
                }
            }
        });
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        assertEquals(mode.equals("sharing") ? epochs * batches : 5, rounds.size());
        for (RoundResult round : rounds) {
            assertFalse(round.resynchronised());
            assertEquals(2, round.contributors());
        }
        if (mode.equals("sharing")) {
            MultiLayerNetwork union = Nets.network(new Adam(.01), 1);
            for (int step = 0; step < epochs * batches; step++) {
                union.fit(DataSet.merge(List.of(Nets.batches(batches, 8, 1).get(step % batches),
                        Nets.batches(batches, 8, 2).get(step % batches))));
            }
            assertTrue(Nets.relativeDifference(replicas[0].params(), union.params()) < 1e-5);
        }
    }

    /** One member evaluates while the other trains, and then adopts the other's current state. */
    @ParameterizedTest
    @CsvSource({"averaging,eden:bits=4", "averaging,drive", "sharing,eden:bits=4", "sharing,drive"})
    void shouldTakeOverWhatTheOthersLearntMeanwhile(String mode, String method) throws Exception {
        List<Map<Long, Long>> hashes = List.of(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        AtomicInteger resynchronised = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch goneOn = new CountDownLatch(1);
        run(method, (index, builder) -> {
            MultiLayerNetwork replica = Nets.network(new Adam(.01), index + 1);
            try (EdenTraining eden = builder.of(replica, mode).pauseAfter(DEADLINE).onRound(result -> {
                if (!result.resynchronised()) {
                    hashes.get(index).put(result.round(), ParameterHash.of(replica));
                } else {
                    assertEquals(1, index);
                    resynchronised.incrementAndGet();
                }
                if (index == 0 && paused.getCount() == 0 && result.contributors() == 1) {
                    goneOn.countDown();
                }
            }).join()) {
                ListDataSetIterator<DataSet> share = new ListDataSetIterator<>(Nets.batches(20, 8, index + 1), 1);
                if (index == 0) {
                    for (int epoch = 0; !done.get(); epoch++) {
                        assertTrue(epoch < 10_000, "the other member does not come back");
                        replica.fit(share);
                    }
                } else {
                    replica.fit(share);
                    eden.pause();
                    paused.countDown();
                    assertTrue(goneOn.await(40, TimeUnit.SECONDS), "the other member waits");
                    replica.fit(share, 2);
                    done.set(true);
                }
            } finally {
                done.set(true);
            }
        });
        assertEquals(1, resynchronised.get());
        Set<Long> common = new TreeSet<>(hashes.get(0).keySet());
        common.retainAll(hashes.get(1).keySet());
        assertTrue(common.size() >= (mode.equals("sharing") ? 59 : 14), "rounds that both have seen: " + common);
        for (long round : common) {
            assertEquals(hashes.get(0).get(round), hashes.get(1).get(round), "round " + round);
        }
    }

    @Test
    void shouldRefuseANegativeTime() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        EdenListener listener = new GradientSharing(new InProcessJob(1, 259, Method.parse("none")).member(0));
        listener.replicate(network);
        assertEquals("the time after which a member pauses must not be negative, got PT-1S",
                assertThrows(IllegalArgumentException.class, () -> listener.pauseAfter(Duration.ofSeconds(-1)))
                    .getMessage());
    }

    /** Runs two members of one job. */
    private interface Member {
        void run(int index, Terms terms) throws Exception;
    }

    private interface Terms {
        Builder of(MultiLayerNetwork network, String mode);
    }

    private static void run(String method, Member member) throws Exception {
        String downlink = method.equals("none") ? "none" : "eden:bits=8";
        JOBS.run(2, method, downlink, options -> options.deadline(DEADLINE).quorum(1),
                (index, job) -> member.run(index, (network, mode) -> {
                    Builder builder = EdenTraining.builder(network).job(job).index(index);
                    return mode.equals("sharing") ? builder.gradientSharing() : builder.averagingFrequency(4);
                }));
    }
}
