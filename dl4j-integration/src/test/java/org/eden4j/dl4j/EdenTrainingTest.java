package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining.Builder;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.JoinRejectedException;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The single object of a user's program: real members over IPC, each in its own thread. */
class EdenTrainingTest {
    private static final int STEPS = 11;
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

    /** 11 steps; the last three are exchanged only by close(). */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,false", "drive,false", "eden:bits=4,true", "drive,true"})
    void shouldExchangeAndLeaveAtTheEndOfTheBlock(String method, boolean sharing) throws Exception {
        Model[] replicas = new Model[3];
        train(3, method, worker -> Nets.network(new Adam(.01), worker + 1), way(sharing, 4), replicas);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[2]));
        assertNotEquals(ParameterHash.of(Nets.network(new Adam(.01), 1)), ParameterHash.of(replicas[0]));
        for (Model replica : replicas) {
            assertEquals(List.of(), List.copyOf(((MultiLayerNetwork) replica).getListeners()),
                    "the network trains alone afterwards");
        }
    }

    @Test
    void shouldTrainGraphs() throws Exception {
        Model[] replicas = new Model[2];
        train(2, "eden:bits=4", worker -> Nets.graph(new Adam(.01), worker + 1), way(false, 4), replicas);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAverageUpdatersWhereItIsToldTo(boolean average) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        train(2, "none", worker -> Nets.network(new Adam(.01), worker + 1),
                builder -> builder.averagingFrequency(4).averageUpdaters(average), replicas);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        assertEquals(average, replicas[0].updaterState().equalsWithEps(replicas[1].updaterState(), 0));
    }

    /** The oracle averages in this thread: parameters and moments of two networks that train separately. */
    @Test
    void shouldAverageUpdatersAsParameters() throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        train(2, "none", worker -> Nets.network(new Adam(.01), worker + 1),
                builder -> builder.averagingFrequency(4).averageUpdaters(true), replicas);
        MultiLayerNetwork[] apart = {Nets.network(new Adam(.01), 1), Nets.network(new Adam(.01), 1)};
        for (int step = 0; step < STEPS; step++) {
            for (int worker = 0; worker < 2; worker++) {
                apart[worker].fit(Nets.batches(STEPS, 8, worker + 1).get(step));
            }
            if (step % 4 == 3 || step == STEPS - 1) {
                apart[0].setParams(apart[0].params().add(apart[1].params()).mul(.5));
                apart[1].setParams(apart[0].params().dup());
                apart[0].updaterState().addi(apart[1].updaterState()).muli(.5);
                apart[1].updaterState().assign(apart[0].updaterState());
            }
        }
        assertTrue(Nets.relativeDifference(replicas[0].params(), apart[0].params()) < 1e-5);
        assertTrue(Nets.relativeDifference(replicas[0].updaterState(), apart[0].updaterState()) < 1e-5);
    }

    @Test
    void shouldLeaveTheJobWhereTrainingFails() throws Exception {
        JobAddress address = nextJob();
        try (Aggregator aggregator = Aggregator.builder(address, 1, Method.parse("eden:bits=4")).start()) {
            MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> {
                try (EdenTraining _ = EdenTraining.builder(network).job(address).averagingFrequency(1).join()) {
                    network.getParam("1_b").putScalar(1, Float.POSITIVE_INFINITY);
                    network.fit(Nets.batches(1, 8, 1).getFirst());
                }
            });
            assertTrue(thrown.getMessage().startsWith("training diverged"), thrown.getMessage());
            assertTrue(aggregator.await(Duration.ofSeconds(20)), "the job ends when all have left");
            assertDoesNotThrow(() -> Nets.network(new Sgd(.1), 1).fit(Nets.batches(1, 8, 1).getFirst()));
        }
    }

    /** Uncompressed training that stopped after an exchange resumes as if it had not stopped. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldResumeBitForBit(boolean sharing, @TempDir Path folder) throws Exception {
        File file = folder.resolve("network.zip").toFile();
        MultiLayerNetwork whole = network(1);
        MultiLayerNetwork first = network(1);
        MultiLayerNetwork second = network(7);
        alone(whole, way(sharing, 2), 0, 8);
        alone(first, way(sharing, 2), 0, 4);
        first.save(file, true);
        alone(second, builder -> way(sharing, 2).apply(builder).resumeFrom(file), 4, 8);
        assertEquals(ParameterHash.of(whole), ParameterHash.of(second));
        assertEquals(whole.updaterState(), second.updaterState());
        assertEquals(8, second.getIterationCount());
    }

    /** The first member resumes from a checkpoint and the other one is new: both start from the checkpoint. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "drive,averaging", "eden:bits=4,sharing", "drive,sharing"})
    void shouldLetAllGoOnFromTheCheckpointOfTheFirstMember(String method, String mode, @TempDir Path folder)
            throws Exception {
        File file = folder.resolve("network.zip").toFile();
        MultiLayerNetwork begun = Nets.network(new Adam(.01), 1);
        begun.fit(new ListDataSetIterator<>(Nets.batches(4, 8, 3), 1), 2);
        begun.save(file, true);
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        train(2, method, worker -> Nets.network(new Adam(.01), worker + 7), (worker, builder) -> {
            Builder trained = way(mode.equals("sharing"), 4).apply(builder);
            return worker == 0 ? trained.resumeFrom(file) : trained;
        }, 1, replicas);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        for (MultiLayerNetwork replica : replicas) {
            assertEquals(8 + STEPS, replica.getIterationCount());
            assertEquals(3, replica.getEpochCount());
        }
    }

    /** 11 steps per epoch, averaged every 4: evaluation after each epoch scores equal replicas. */
    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=4", "drive"})
    void shouldHaveEqualReplicasAtTheEndOfAnEpoch(String method) throws Exception {
        Model[] replicas = new Model[2];
        List<List<Long>> after = List.of(new ArrayList<>(), new ArrayList<>());
        train(2, method, worker -> {
            MultiLayerNetwork network = Nets.network(new Adam(.01), worker + 1);
            network.addListeners(new BaseTrainingListener() {
                @Override
                public void onEpochStart(Model model) {
                    after.get(worker).add(ParameterHash.of(model));
                }
            });
            return network;
        }, (_, builder) -> builder.averagingFrequency(4).averageAtEpochEnd(true), 3, replicas);
        assertEquals(3, after.get(0).size());
        assertEquals(after.get(0).subList(1, 3), after.get(1).subList(1, 3));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    private static MultiLayerNetwork network(long seed) {
        return Nets.network(new Nesterovs(.1, .9), seed);
    }

    private static void alone(MultiLayerNetwork network, UnaryOperator<Builder> terms, int from, int to) {
        JobAddress address = nextJob();
        try (Aggregator _ = Aggregator.builder(address, 1, Method.parse("none")).downlink(Method.parse("none")).start();
                EdenTraining _ = terms.apply(EdenTraining.builder(network).job(address).method("none")).join()) {
            for (DataSet batch : Nets.batches(STEPS, 8, 1).subList(from, to)) {
                network.fit(batch);
            }
        }
    }

    @Test
    void shouldRefuseCheckpointsOfOtherNetworks(@TempDir Path folder) throws Exception {
        File file = folder.resolve("network.zip").toFile();
        Nets.network(new Adam(.1), 1).save(file, true);
        String other = refused(EdenTraining.builder(Nets.withBatchNormalization(new Adam(.1), 1)).resumeFrom(file));
        assertTrue(other.startsWith(file + " holds a network with the parameters {0_W=192, "), other);
        assertEquals(file
                + " holds 518 values of updater state, this network has 259: save the network with its updater, and"
                + " build this one with the same updater",
                refused(EdenTraining.builder(Nets.network(new Nesterovs(.1, .9), 1)).resumeFrom(file)));
        Files.writeString(file.toPath(), "not a network");
        String unreadable = refused(EdenTraining.builder(Nets.graph(new Adam(.1), 1)).resumeFrom(file));
        assertTrue(unreadable.startsWith("no ComputationGraph can be read from " + file + ": "), unreadable);
    }

    /** No aggregator runs: invalid networks are rejected before the join. */
    @Test
    void shouldRefuseBeforeTheJoin() {
        assertEquals("the parameters are DOUBLE, only FLOAT can be exchanged: build the network with"
                + " dataType(DataType.FLOAT)", refused(EdenTraining.builder(Nets.ofDoubles(new Sgd(.1)))));
        MultiLayerNetwork sums = Nets.network(new Sgd(.1), 1);
        sums.conf().setMiniBatch(false);
        String updater = assertThrows(IllegalArgumentException.class,
                () -> EdenTraining.builder(sums).job("udp:127.0.0.1:1").gradientSharing().join())
            .getMessage();
        assertTrue(updater.startsWith("the network is built with miniBatch(false)"), updater);
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.addListeners(new GradientSharing(new InProcessJob(1, 259, Method.parse("none")).member(0)));
        assertEquals(
                "the network already belongs to a job, and a network can be a replica in one job only:"
                        + " close the former EdenTraining, or remove its listener with setListeners()",
                assertThrows(IllegalStateException.class,
                        () -> EdenTraining.builder(network).job("udp:127.0.0.1:1").gradientSharing().join())
                    .getMessage());
        assertEquals(
                "ND4J's back end is JCublasBackend, whose arrays are not in host memory, but updates are read and"
                        + " written there: put nd4j-native on the class path instead",
                assertThrows(IllegalArgumentException.class, () -> NetworkCheck.hostMemory("JCublasBackend"))
                    .getMessage());
    }

    @Test
    void shouldRefuseMembersThatTrainInAnotherWay() {
        JobAddress address = nextJob();
        MultiLayerNetwork network = Nets.network(new Adam(.1), 1);
        Method method = Method.parse("eden:bits=4");
        try (Aggregator _ = Aggregator.builder(address, 2, method).start();
                Worker _ = EdenListener.averagingWorker(address, method, network, 10).join()) {
            Builder builder = EdenTraining.builder(network).job(address);
            assertEquals(
                    "aggregator rejected this worker: agreement 'parameter averaging every 5 steps' differs from the"
                            + " job's 'parameter averaging every 10 steps'",
                    rejected(builder.averagingFrequency(5)));
            assertEquals(
                    "aggregator rejected this worker: agreement 'gradient sharing' differs from the job's 'parameter"
                            + " averaging every 10 steps'",
                    rejected(builder.gradientSharing()));
            assertEquals(
                    "aggregator rejected this worker: agreement 'parameter averaging every 10 steps and at the end of"
                            + " each epoch' differs from the job's 'parameter averaging every 10 steps'",
                    rejected(builder.averagingFrequency(10).averageAtEpochEnd(true)));
            assertTrue(rejected(builder.averageAtEpochEnd(false).averageUpdaters(true))
                .contains("differs from the job's"));
            assertEquals(
                    "aggregator rejected this worker: the layout differs from the job's: part 1 is '0_W', coordinates 0"
                            + " to 191, drive, and '0_W', coordinates 0 to 191, none in the other layout",
                    rejected(builder.averageUpdaters(false).rules("layer0/weights=drive")));
            assertTrue(network.getListeners().isEmpty());
        }
        JobAddress second = nextJob();
        try (Aggregator _ = Aggregator.builder(second, 2, method).start();
                Worker _ = EdenListener.sharingWorker(second, method, network).join()) {
            assertEquals(
                    "aggregator rejected this worker: agreement 'parameter averaging every 10 steps' differs from the"
                            + " job's 'gradient sharing'",
                    rejected(EdenTraining.builder(network).job(second).averagingFrequency(10)));
        }
    }

    private static String rejected(Builder builder) {
        return assertThrows(JoinRejectedException.class, builder::join).getMessage();
    }

    /** A member leaves and returns with a new network; the learning rate of the other one falls after 20 steps. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,false", "drive,false", "eden:bits=4,true", "drive,true"})
    void shouldGiveWhoJoinsLateTheJobsIterationAndUpdater(String method, boolean sharing) throws Exception {
        JobAddress address = nextJob();
        AtomicBoolean left = new AtomicBoolean();
        AtomicBoolean back = new AtomicBoolean();
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        Adam falling = new Adam(new MapSchedule(ScheduleType.ITERATION, Map.of(0, .01, 20, .005)));
        try (Aggregator _ = Aggregator.builder(address, 2, Method.parse(method)).start()) {
            InProcessJob.runAll(2, index -> {
                MultiLayerNetwork first = Nets.network(falling, index + 1);
                try (EdenTraining _ = way(sharing, 1)
                    .apply(EdenTraining.builder(first).job(address).index(index))
                    .join()) {
                    for (int step = 0; index == 0 ? !back.get() : step < 5; step++) {
                        first.fit(batch);
                        assertTrue(step < 100_000, "the member did not return");
                        left.set(left.get() || first.getIterationCount() >= 65);
                    }
                }
                if (index == 1) {
                    await(left);
                    MultiLayerNetwork late = Nets.network(falling, 9);
                    try (EdenTraining _ = way(sharing, 1)
                        .apply(EdenTraining.builder(late).job(address).index(1))
                        .join()) {
                        assertTrue(late.getIterationCount() >= 65, "iteration " + late.getIterationCount());
                        assertEquals(.005, late.getLearningRate(0));
                        assertTrue(late.updaterState().norm2Number().doubleValue() > 0);
                        late.fit(batch);
                    } finally {
                        back.set(true);
                    }
                }
            });
        }
    }

    private static void await(AtomicBoolean condition) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.get()) {
            assertTrue(System.nanoTime() - end < 0, "the condition did not hold within 40 s");
            Thread.yield();
        }
    }

    @Test
    void shouldSayWhichTermsAreMissing() {
        Builder builder = EdenTraining.builder(Nets.network(new Sgd(.1), 1));
        assertEquals("no job was named: call job(\"udp:HOST:PORT\"), the aggregator's address",
                assertThrows(IllegalStateException.class, builder::join).getMessage());
        assertEquals("no training mode was chosen: call averagingFrequency(STEPS) or gradientSharing(), the same on all"
                + " members",
                assertThrows(IllegalStateException.class, builder.job("udp:127.0.0.1:1")::join).getMessage());
        assertEquals("averaging frequency must be at least 1 step, got 0",
                assertThrows(IllegalArgumentException.class, () -> builder.averagingFrequency(0)).getMessage());
    }

    @Test
    void shouldNotChangeANetworkThatFindsNoJob() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        Builder builder = EdenTraining.builder(network)
            .job(JobAddress.ipc(driver.directory(), ++jobs))
            .gradientSharing()
            .joinTimeout(Duration.ofMillis(300));
        assertThrows(TransportException.class, builder::join);
        assertTrue(network.getListeners().isEmpty());
        assertFalse(network.getIterationCount() > 0);
    }

    @Test
    void shouldRefuseGradientSharingThroughSeveralShards() {
        Builder builder = EdenTraining.builder(Nets.network(new Sgd(.1), 1))
            .job("udp:127.0.0.1:1,127.0.0.1:2")
            .method("eden:bits=4")
            .gradientSharing();
        assertEquals("gradient sharing needs a job with one aggregator, udp:127.0.0.1:1,127.0.0.1:2 has 2: train by"
                + " parameter averaging, or start one",
                assertThrows(IllegalArgumentException.class, builder::join).getMessage());
    }

    private interface Networks {
        Model of(int worker);
    }

    private static UnaryOperator<Builder> way(boolean sharing, int every) {
        return builder -> sharing ? builder.gradientSharing() : builder.averagingFrequency(every);
    }

    private static String refused(Builder builder) {
        return assertThrows(IllegalArgumentException.class,
                builder.job("udp:127.0.0.1:1").averagingFrequency(10)::join)
            .getMessage();
    }

    private interface Terms {
        Builder of(int worker, Builder builder);
    }

    private static void train(int workers, String method, Networks networks, UnaryOperator<Builder> terms,
            Model[] replicas) throws Exception {
        train(workers, method, networks, (_, builder) -> terms.apply(builder), 1, replicas);
    }

    /** Trains replicas, each with its own start, share and order. */
    private static void train(int workers, String method, Networks networks, Terms terms, int epochs, Model[] replicas)
            throws Exception {
        JobAddress address = nextJob();
        String downlink = method.equals("none") ? "none" : "eden:bits=8";
        try (Aggregator aggregator = Aggregator.builder(address, workers, Method.parse(method))
            .downlink(Method.parse(downlink))
            .start()) {
            InProcessJob.runAll(workers, index -> {
                Model replica = networks.of(index);
                replicas[index] = replica;
                try (EdenTraining _ = terms
                    .of(index,
                            EdenTraining.builder(replica)
                                .job(address)
                                .method(method)
                                .pauseAfter(IpcJobs.NEVER)
                                .index(index))
                    .join()) {
                    ListDataSetIterator<DataSet> share = new ListDataSetIterator<>(Nets.batches(STEPS, 8, index + 1),
                            1);
                    if (replica instanceof MultiLayerNetwork network) {
                        network.fit(share, epochs);
                    } else {
                        ((ComputationGraph) replica).fit(share, epochs);
                    }
                }
            });
            assertTrue(aggregator.await(Duration.ofSeconds(20)), "the job ends when all have left");
        }
    }

    private static JobAddress nextJob() {
        return JobAddress.ipc(driver.directory(), ++jobs);
    }
}
