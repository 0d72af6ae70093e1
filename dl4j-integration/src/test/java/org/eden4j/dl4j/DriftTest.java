package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.RoundStatistics;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/** Replicas that drift apart are found by their hashes, named by the aggregator, and made equal again. */
class DriftTest {
    /** Rounds between comparisons. */
    private static final int EVERY = 5;
    /** The round after which a bit flips. */
    private static final int FLIP = 6;
    private static final int ROUNDS = 20;
    @RegisterExtension
    private static final IpcJobs JOBS = new IpcJobs();

    /** Gradient sharing compares the replica's own parameters. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,3,1", "drive,3,0", "eden:bits=4,2,1"})
    void shouldFindNameAndHealAFlippedBitOfAReplica(String method, int workers, int flipped) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[workers];
        List<RoundStatistics> statistics = new CopyOnWriteArrayList<>();
        List<Long> resynchronised = new CopyOnWriteArrayList<>();
        JOBS.run(workers, method, "eden:bits=8",
                options -> options.quorum(workers).compareEvery(EVERY).onRound(statistics::add), (index, job) -> {
                    MultiLayerNetwork replica = Nets.network(new Adam(.01), index + 1);
                    replicas[index] = replica;
                    try (EdenTraining eden = EdenTraining.builder(replica)
                        .job(job)
                        .gradientSharing()
                        .pauseAfter(IpcJobs.NEVER)
                        .index(index)
                        .onRound(result -> {
                            if (result.resynchronised()) {
                                assertEquals(flipped, index);
                                resynchronised.add(result.round());
                            } else if (index == flipped && result.round() == FLIP) {
                                UnionTest.flip(replica.params(), 17, 1 << 20);
                            }
                        })
                        .join()) {
                        List<DataSet> share = Nets.batches(ROUNDS, 8, index + 1);
                        for (int step = 0; eden.worker().round() < ROUNDS; step++) {
                            replica.fit(share.get(step % ROUNDS));
                        }
                    }
                });
        assertFoundOnce(resynchronised, statistics);
        for (MultiLayerNetwork replica : replicas) {
            assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replica));
            assertEquals(replicas[0].updaterState(), replica.updaterState());
        }
    }

    /** Under averaging, a flipped bit of the network enters its next update; the common model is compared. */
    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=4", "drive"})
    void shouldFindNameAndHealAFlippedBitOfTheCommonModel(String method) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        List<RoundStatistics> statistics = new CopyOnWriteArrayList<>();
        List<Long> resynchronised = new CopyOnWriteArrayList<>();
        JOBS.run(2, method, "eden:bits=8",
                options -> options.quorum(2).compareEvery(EVERY).onRound(statistics::add), (index, job) -> {
                    MultiLayerNetwork replica = Nets.network(new Adam(.01), index + 1);
                    replicas[index] = replica;
                    try (Worker worker = EdenListener.averagingWorker(job, Method.parse(method), replica, 2)
                        .index(index)
                        .join()) {
                        Seen seen = new Seen(Exchange.of(worker));
                        EdenListener listener = new ParameterAveraging(seen, 2).pauseAfter(IpcJobs.NEVER)
                            .onRound(result -> {
                                if (result.resynchronised()) {
                                    assertEquals(1, index);
                                    resynchronised.add(result.round());
                                } else if (index == 1 && result.round() == FLIP) {
                                    seen.flip();
                                }
                            })
                            .replicate(replica);
                        replica.addListeners(listener);
                        List<DataSet> share = Nets.batches(ROUNDS, 8, index + 1);
                        for (int step = 0; worker.round() < ROUNDS; step++) {
                            replica.fit(share.get(step % ROUNDS));
                        }
                        listener.finish();
                    }
                });
        assertFoundOnce(resynchronised, statistics);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    private static void assertFoundOnce(List<Long> resynchronised, List<RoundStatistics> statistics) {
        assertEquals(1, resynchronised.size(), "rounds in which a member took the job's state: " + resynchronised);
        long found = resynchronised.getFirst();
        assertTrue(found > FLIP && found <= FLIP + EVERY + 1, "found in round " + found);
        assertEquals(1, statistics.stream().mapToLong(RoundStatistics::diverged).sum());
    }

    /** Members whose shares differ in length end their epochs at different steps. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotTakeEpochsOfUnequalLengthForDrift(boolean sharing) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        List<RoundStatistics> statistics = new CopyOnWriteArrayList<>();
        List<RoundResult> results = new ArrayList<>();
        JOBS.run(2, "eden:bits=4", "eden:bits=8",
                options -> options.quorum(2).compareEvery(EVERY).onRound(statistics::add), (index, job) -> {
                    replicas[index] = Nets.network(new Adam(.01), index + 1);
                    EdenTraining.Builder builder = EdenTraining.builder(replicas[index])
                        .job(job)
                        .pauseAfter(IpcJobs.NEVER)
                        .index(index)
                        .onRound(index == 1 ? results::add : _ -> {});
                    try (EdenTraining _ = (sharing ? builder.gradientSharing() : builder.averagingFrequency(2))
                        .join()) {
                        List<DataSet> share = Nets.batches(index == 0 ? 8 : 12, 8, index + 1);
                        replicas[index].fit(new ListDataSetIterator<>(share, 1), index == 0 ? 6 : 4);
                    }
                });
        assertEquals(List.of(6, 4), List.of(replicas[0].getEpochCount(), replicas[1].getEpochCount()));
        assertTrue(results.stream().noneMatch(RoundResult::resynchronised));
        assertEquals(0, statistics.stream().mapToLong(RoundStatistics::diverged).sum());
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /** A member that exposes its common model. */
    private static final class Seen implements Exchange {
        private final Exchange member;
        private MemorySegment model;

        Seen(Exchange member) {
            this.member = member;
        }

        void flip() {
            model.setAtIndex(ValueLayout.JAVA_INT, 17, model.getAtIndex(ValueLayout.JAVA_INT, 17) ^ 1 << 20);
        }

        @Override
        public int dimension() {
            return member.dimension();
        }

        @Override
        public void shareModel(MemorySegment shared, Replica remainder) {
            model = shared;
            member.shareModel(shared, remainder);
        }

        @Override
        public void shareState(Replica replica) {
            member.shareState(replica);
        }

        @Override
        public long round() {
            return member.round();
        }

        @Override
        public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
            return member.exchange(update, weight, mean);
        }
    }
}
