package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Workers in their own threads and an aggregator, over IPC with a media driver in this process. */
class EdenListenerOverAeronTest {
    private static final int DIMENSION = (int) Nets.network(new Sgd(.1), 1).numParams();
    private static MediaDriverHost driver;
    private static int jobs;

    @BeforeAll
    static void launch() {
        driver = MediaDriverHost.launch(16);
    }

    @AfterAll
    static void close() {
        driver.close();
    }

    @Test
    void shouldKeepReplicasEqualBitForBitAtFourBits() throws Exception {
        List<List<RoundResult>> rounds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        MultiLayerNetwork[] replicas = train(3, "eden:bits=4", "eden:bits=8",
                worker -> EdenListener.parameterAveraging(worker, 4).onRound(rounds.get(worker.index())::add));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[2]));
        assertNotEquals(ParameterHash.of(Nets.network(new Adam(.01), 1)), ParameterHash.of(replicas[0]));
        for (List<RoundResult> seen : rounds) {
            assertEquals(List.of(0L, 1L, 2L), seen.stream().map(RoundResult::round).toList(), "11 steps, every 4");
            assertTrue(seen.stream().allMatch(round -> round.contributed() && round.contributors() == 3));
        }
    }

    @Test
    void shouldComputeWhatOneProcessComputes() throws Exception {
        MultiLayerNetwork[] overAeron = train(2, "none", "none", EdenListener::gradientSharing);
        MultiLayerNetwork[] alone = new MultiLayerNetwork[2];
        InProcessJob job = new InProcessJob(2, DIMENSION, Method.parse("none"));
        InProcessJob.runAll(2, worker -> alone[worker] = fitted(worker, new GradientSharing(job.member(worker))));
        assertEquals(ParameterHash.of(alone[0]), ParameterHash.of(overAeron[0]));
        assertEquals(ParameterHash.of(alone[1]), ParameterHash.of(overAeron[1]));
    }

    /**
     * One member leaves and returns with another network, which adopts the common model and keeps it within its
     * constraints.
     */
    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=4", "drive"})
    void shouldHoldConstraintsOnAReplicaThatComesBack(String method) throws Exception {
        JobAddress address = nextJob();
        List<Map<Long, Long>> hashes = List.of(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        AtomicInteger roundsSinceItCameBack = new AtomicInteger();
        try (Aggregator _ = Aggregator.builder(address, 2, Method.parse(method))
            .downlink(Method.parse("eden:bits=8"))
            .start()) {
            InProcessJob.runAll(2, index -> {
                for (int life = 0; life <= index; life++) {
                    boolean last = life == index;
                    MultiLayerNetwork replica = Nets.constrained(new Adam(.03), index + life + 1,
                            new NonNegativeConstraint());
                    AtomicInteger rounds = new AtomicInteger();
                    try (Worker worker = Worker.builder(address, DIMENSION, Method.parse(method))
                        .index(index)
                        .identity(index)
                        .join()) {
                        EdenListener listener = EdenListener.parameterAveraging(worker, 2, replica);
                        assertNonNegative(replica);
                        replica.addListeners(listener.onRound(result -> {
                            assertNonNegative(replica);
                            if (!result.resynchronised()) {
                                rounds.incrementAndGet();
                                hashes.get(index).put(result.round(), ParameterHash.of(replica));
                            }
                        }));
                        List<DataSet> share = Nets.batches(40, 8, index + 1);
                        for (int step = 0; step < 20_000 && roundsSinceItCameBack.get() < 5; step++) {
                            replica.fit(share.get(step % 40));
                            if (index == 1 && !last && rounds.get() == 3) {
                                break;
                            }
                            if (index == 1 && last) {
                                roundsSinceItCameBack.set(rounds.get());
                            }
                        }
                    }
                }
            });
            assertEquals(5, roundsSinceItCameBack.get());
        }
        Set<Long> common = new TreeSet<>(hashes.get(0).keySet());
        common.retainAll(hashes.get(1).keySet());
        assertTrue(common.size() >= 7, "rounds that both have seen: " + common);
        for (long round : common) {
            assertEquals(hashes.get(0).get(round), hashes.get(1).get(round), "round " + round);
        }
    }

    private static void assertNonNegative(MultiLayerNetwork network) {
        for (String name : List.of("0_W", "1_W")) {
            assertTrue(network.getParam(name).minNumber().doubleValue() >= 0, name);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseTheWorkerOfAFormerNetwork(boolean sharing) {
        JobAddress address = nextJob();
        MultiLayerNetwork former = Nets.network(new Sgd(.1), 1);
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        try (Aggregator _ = Aggregator.builder(address, 1, Method.parse("drive")).start();
                Worker worker = Worker.builder(address, DIMENSION, Method.parse("drive")).join()) {
            former.addListeners(sharing ? EdenListener.gradientSharing(worker)
                    : EdenListener.parameterAveraging(worker, 1));
            former.fit(batch);
            MultiLayerNetwork restored = former.clone();
            restored.addListeners(sharing ? EdenListener.gradientSharing(worker)
                    : EdenListener.parameterAveraging(worker, 1));
            String message = assertThrows(IllegalStateException.class, () -> restored.fit(batch)).getMessage();
            assertTrue(message.startsWith("the network cannot be a replica: the state is shared once"), message);
            assertTrue(message
                .endsWith("for a network that was restored, copied or rebuilt, close the worker, join with"
                        + " a new one and create a new listener"),
                    message);
        }
    }

    @Test
    void shouldEndFitWhenTheAggregatorIsGone() {
        JobAddress address = nextJob();
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        Aggregator aggregator = Aggregator.builder(address, 1, Method.parse("drive")).start();
        try (Worker worker = Worker.builder(address, DIMENSION, Method.parse("drive")).join()) {
            network.addListeners(EdenListener.parameterAveraging(worker, 1));
            network.fit(batch);
            aggregator.close();
            String message = assertThrows(TransportException.class, () -> network.fit(batch)).getMessage();
            assertTrue(message.contains("aggregator"), message);
        }
    }

    private static MultiLayerNetwork[] train(int workers, String method, String downlink,
            Function<Worker, EdenListener> listener) throws Exception {
        JobAddress address = nextJob();
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[workers];
        try (Aggregator aggregator = Aggregator.builder(address, workers, Method.parse(method))
            .downlink(Method.parse(downlink))
            .start()) {
            InProcessJob.runAll(workers, index -> {
                try (Worker worker = Worker.builder(address, DIMENSION, Method.parse(method)).index(index).join()) {
                    replicas[index] = fitted(index, listener.apply(worker));
                }
            });
            assertTrue(aggregator.await(Duration.ofSeconds(20)), "the job ends when all have left");
        }
        assertEquals(workers, Arrays.stream(replicas).filter(replica -> replica != null).count());
        return replicas;
    }

    /** Returns a replica with its own start, share and order, after 11 steps. */
    private static MultiLayerNetwork fitted(int index, EdenListener listener) {
        MultiLayerNetwork replica = Nets.network(new Adam(.01), index + 1);
        replica.addListeners(listener);
        replica.fit(new ListDataSetIterator<>(Nets.batches(11, 8, index + 1), 1));
        listener.finish();
        return replica;
    }

    private static JobAddress nextJob() {
        return JobAddress.ipc(driver.directory(), ++jobs);
    }
}
