package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.eden4j.transport.job.TransportException;
import org.eden4j.transport.media.MediaDriverHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Replicas in threads of one JVM train like the members of a job. */
@Timeout(240)
class EdenParallelTrainerTest {
    private static final int EPOCHS = 2;

    private static MediaDriverHost driver;
    private static int jobs;

    @BeforeAll
    static void launchDriver() {
        driver = MediaDriverHost.launch(8);
    }

    @AfterAll
    static void closeDriver() {
        driver.close();
    }

    private static Model network(boolean graph, long seed) {
        return graph ? Nets.graph(new Adam(.01), seed) : Nets.withBatchNormalization(new Adam(.01), seed);
    }

    private static EdenParallelTrainer.Builder trainer(Model network, boolean sharing) {
        EdenParallelTrainer.Builder builder = EdenParallelTrainer.builder(network);
        return sharing ? builder.gradientSharing() : builder.averagingFrequency(3);
    }

    private static DataSetIterator batches(int count) {
        return batches(count, 1);
    }

    private static DataSetIterator batches(int count, long seed) {
        return new ListDataSetIterator<>(Nets.batches(count, 8, seed), 1);
    }

    private static void fit(Model network, DataSetIterator data, int epochs) {
        if (network instanceof MultiLayerNetwork layers) {
            layers.fit(data, epochs);
        } else {
            ((ComputationGraph) network).fit(data, epochs);
        }
    }

    /** Trains the same network by as many members of a job over Aeron, each with every n-th batch. */
    private static Model overAeron(int workers, String method, boolean graph, int count,
            UnaryOperator<EdenTraining.Builder> terms) throws Exception {
        JobAddress address = JobAddress.ipc(driver.directory(), ++jobs);
        Model[] replicas = new Model[workers];
        try (Aggregator _ = Aggregator.builder(address, workers, Method.parse(method)).jobSeed(5).start()) {
            InProcessJob.runAll(workers, index -> {
                replicas[index] = network(graph, 1);
                List<DataSet> all = Nets.batches(count, 8, 1);
                List<DataSet> share = new ArrayList<>();
                for (int batch = index; batch < all.size(); batch += workers) {
                    share.add(all.get(batch));
                }
                try (EdenTraining _ = terms
                    .apply(EdenTraining.builder(replicas[index]).job(address).method(method).index(index))
                    .join()) {
                    fit(replicas[index], new ListDataSetIterator<>(share, 1), EPOCHS);
                }
            });
        }
        return replicas[0];
    }

    @ParameterizedTest
    @CsvSource({"2,eden:bits=4,false,false", "2,eden:bits=4,true,false", "2,eden:bits=4,false,true",
            "2,eden:bits=4,true,true", "4,drive,false,false", "3,none,true,false"})
    void shouldGiveTheParametersThatAJobOverAeronGives(int workers, String method, boolean sharing, boolean graph)
            throws Exception {
        Model expected = overAeron(workers, method, graph, 7 * workers,
                builder -> sharing ? builder.gradientSharing() : builder.averagingFrequency(3));
        Model network = network(graph, 1);
        EdenParallelTrainer trainer = trainer(network, sharing).workers(workers).method(method).seed(5).build();
        trainer.fit(batches(7 * workers), EPOCHS);
        assertEquals(ParameterHash.of(expected), ParameterHash.of(network));
        assertEquals(new TrainedNetwork(expected).iteration(), new TrainedNetwork(network).iteration());
        assertEquals(EPOCHS, new TrainedNetwork(network).epoch());
        assertEqualReplicas(trainer, workers);
    }

    /** All weights use the job's method, which changes after each third of the 14 rounds. */
    @Test
    void shouldChangeMethodsAtTheSameRoundsAsAJobDoes() throws Exception {
        String schedule = "none;eden:bits=4@5;drive@10";
        Model expected = overAeron(2, schedule, false, 14, builder -> builder.gradientSharing().rules("*=job"));
        List<RoundStatistics> rounds = new CopyOnWriteArrayList<>();
        Model network = network(false, 1);
        EdenParallelTrainer trainer = trainer(network, true).method(schedule)
            .rules("*=job")
            .seed(5)
            .onRound(rounds::add)
            .build();
        trainer.fit(batches(14), EPOCHS);
        assertEquals(ParameterHash.of(expected), ParameterHash.of(network));
        assertEqualReplicas(trainer, 2);
        assertEquals(14, rounds.size());
        assertTrue(rounds.get(4).bytesUp() > 2 * rounds.get(5).bytesUp());
        assertTrue(rounds.get(9).bytesUp() > rounds.get(10).bytesUp());
    }

    @Test
    void shouldKeepWhatCompressionLeavesAndAverageUpdatersAsAJobDoes() throws Exception {
        Model expected = overAeron(2, "topk:fraction=0.1", false, 12,
                builder -> builder.averagingFrequency(2).averageUpdaters(true).averageAtEpochEnd(true).errorFeedback());
        Model network = network(false, 1);
        EdenParallelTrainer.builder(network)
            .averagingFrequency(2)
            .averageUpdaters(true)
            .averageAtEpochEnd(true)
            .errorFeedback()
            .method("topk:fraction=0.1")
            .seed(5)
            .build()
            .fit(batches(12), EPOCHS);
        assertEquals(ParameterHash.of(expected), ParameterHash.of(network));
    }

    private static void assertEqualReplicas(EdenParallelTrainer trainer, int workers) {
        assertEquals(workers, trainer.replicas().size());
        Model first = trainer.replicas().getFirst();
        for (Model replica : trainer.replicas()) {
            assertEquals(ParameterHash.of(first), ParameterHash.of(replica));
            assertEquals(new TrainedNetwork(first).iteration(), new TrainedNetwork(replica).iteration());
            assertEquals(new TrainedNetwork(first).epoch(), new TrainedNetwork(replica).epoch());
        }
    }

    /**
     * 20 calls, none of whose numbers of batches is a multiple of the number of replicas; one call has fewer batches
     * than replicas.
     */
    @ParameterizedTest
    @CsvSource({"2,true", "2,false", "4,true", "4,false"})
    @Tag("thorough")
    void shouldKeepReplicasEqualOnUnevenData(int workers, boolean sharing) {
        MultiLayerNetwork network = Nets.withBatchNormalization(new Adam(.01), 1);
        EdenParallelTrainer trainer = trainer(network, sharing).workers(workers).build();
        int steps = 0;
        for (int call = 0; call < 20; call++) {
            int count = 1 + workers * (call % 3) + call % (workers - 1);
            trainer.fit(batches(count, call));
            steps += Math.ceilDiv(count, workers);
            assertEqualReplicas(trainer, workers);
            assertEquals(steps, network.getIterationCount());
            assertEquals(call + 1, network.getEpochCount());
        }
    }

    /** The gradient of a replica without a batch has weight 0: the result is that of the others alone. */
    @Test
    void shouldLearnFromNothingButTheBatches() {
        MultiLayerNetwork network = Nets.network(new Nesterovs(.1, .9), 1);
        EdenParallelTrainer.builder(network)
            .workers(3)
            .method("none")
            .downlink("none")
            .gradientSharing()
            .build()
            .fit(batches(4));
        MultiLayerNetwork alone = Nets.network(new Nesterovs(.1, .9), 1);
        List<DataSet> all = Nets.batches(4, 8, 1);
        alone.fit(DataSet.merge(all.subList(0, 3)));
        alone.fit(all.get(3));
        assertTrue(Nets.relativeDifference(network.params(), alone.params()) < 1e-6);
    }

    /** Five sequences of three segments each for two replicas. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldCountSegmentsThatAReplicaMisses(boolean sharing) {
        MultiLayerNetwork network = Nets.recurrent(new Adam(.01), 1, false);
        EdenParallelTrainer trainer = trainer(network, sharing).build();
        trainer.fit(new ListDataSetIterator<>(Nets.sequences(5, 4, 1), 1), 2);
        assertEqualReplicas(trainer, 2);
        assertEquals(2 * 3 * 3, network.getIterationCount());
    }

    /** Two calls equal one call of two epochs: updater states carry over, and rotations do not start again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnWhereTheLastCallHasEnded(boolean sharing) {
        MultiLayerNetwork once = Nets.network(new Adam(.01), 1);
        MultiLayerNetwork twice = Nets.network(new Adam(.01), 1);
        trainer(once, sharing).build().fit(batches(12), 2);
        EdenParallelTrainer trainer = trainer(twice, sharing).build();
        trainer.fit(batches(12));
        List<Model> replicas = trainer.replicas();
        assertTrue(twice.getListeners().isEmpty(), "the network trains alone between two calls");
        trainer.fit(batches(12));
        assertEquals(ParameterHash.of(once), ParameterHash.of(twice));
        assertSame(replicas.get(1), trainer.replicas().get(1));
    }

    @Test
    void shouldTakeOverWhatTheNetworkHasBecome() {
        List<RoundStatistics> rounds = new ArrayList<>();
        MultiLayerNetwork network = Nets.network(new Adam(.01), 1);
        EdenParallelTrainer trainer = EdenParallelTrainer.builder(network)
            .gradientSharing()
            .onRound(rounds::add)
            .build();
        trainer.fit(batches(4));
        network.fit(Nets.batches(1, 8, 9).getFirst());
        trainer.fit(batches(4));
        assertEqualReplicas(trainer, 2);
        assertEquals(5, network.getIterationCount());
        assertEquals(List.of(0L, 1L, 2L, 3L), rounds.stream().map(RoundStatistics::round).toList());
        assertTrue(rounds.stream().allMatch(round -> round.contributors().size() == 2 && round.bytesUp() > 0));
    }

    @Test
    void shouldRepeatItselfWithDropout() {
        assertEquals(withDropout(1), withDropout(1));
        assertNotEquals(withDropout(1), withDropout(2));
    }

    private static long withDropout(long seed) {
        MultiLayerNetwork network = Nets.withDropout(new Sgd(.1), 1);
        EdenParallelTrainer.builder(network).averagingFrequency(2).seed(seed).build().fit(batches(9), 2);
        return ParameterHash.of(network);
    }

    /** A listener of the network throws in the second step. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldThrowWhatAReplicaHasThrown(boolean sharing) {
        MultiLayerNetwork network = Nets.network(new Adam(.01), 1);
        UnsupportedOperationException cause = new UnsupportedOperationException("no more");
        network.addListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (iteration == 2) {
                    throw cause;
                }
            }
        });
        EdenParallelTrainer trainer = trainer(network, sharing).workers(4).build();
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> trainer.fit(batches(400)));
        assertSame(cause, thrown.getCause());
        assertEquals("parallel training has ended: no more", thrown.getMessage());
        assertEquals(1, network.getListeners().size(), "only the listener of the program remains");
        network.setListeners();
        trainer.fit(batches(9));
        assertEqualReplicas(trainer, 4);
    }

    @Test
    void shouldThrowWhatTheIteratorHasThrown() {
        DataSetIterator data = batches(40);
        data.setPreProcessor(new DataSetPreProcessor() {
            private int seen;

            @Override
            public void preProcess(org.nd4j.linalg.dataset.api.DataSet batch) {
                if (++seen == 17) {
                    throw new UnsupportedOperationException("batch 17");
                }
            }
        });
        EdenParallelTrainer trainer = trainer(network(false, 1), true).build();
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> trainer.fit(data));
        assertInstanceOf(UnsupportedOperationException.class, thrown.getCause());
    }

    @Test
    void shouldEndWhenInterrupted() throws Exception {
        MultiLayerNetwork network = Nets.network(new Adam(.01), 1);
        EdenParallelTrainer trainer = trainer(network, true).build();
        Throwable[] thrown = new Throwable[1];
        boolean[] flag = new boolean[1];
        Thread caller = Thread.ofPlatform().start(() -> {
            thrown[0] = assertThrows(IllegalStateException.class, () -> trainer.fit(batches(20), 1_000_000));
            flag[0] = Thread.currentThread().isInterrupted();
        });
        while (network.getIterationCount() < 3) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join(60_000);
        assertInstanceOf(InterruptedException.class, thrown[0].getCause());
        assertTrue(flag[0]);
    }

    @Test
    void shouldRefuseWhatCannotBeTrained() {
        assertEquals("no training mode was chosen: call averagingFrequency(STEPS) or gradientSharing()",
                assertThrows(IllegalStateException.class,
                        () -> EdenParallelTrainer.builder(network(false, 1)).build())
                    .getMessage());
        MultiLayerNetwork sums = Nets.network(new Sgd(.1), 1);
        sums.conf().setMiniBatch(false);
        assertThrows(IllegalArgumentException.class, () -> trainer(sums, true).build());
        assertThrows(IllegalArgumentException.class, () -> trainer(Nets.ofDoubles(new Sgd(.1)), false).build());
        assertThrows(IllegalArgumentException.class, () -> trainer(network(false, 1), true).workers(0));
        assertThrows(IllegalArgumentException.class, () -> trainer(network(false, 1), true).build().fit(null, 0));
    }

    /** A network that has diverged ends the training with the reason. */
    @Test
    void shouldNameTheParameterThatDiverged() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.getParam("1_b").putScalar(1, Float.NaN);
        IllegalStateException thrown = assertThrows(IllegalStateException.class,
                () -> trainer(network, true).build().fit(batches(4)));
        assertTrue(thrown.getMessage().startsWith("parallel training has ended: training diverged"),
                thrown.getMessage());
        assertTrue(!(thrown.getCause() instanceof TransportException));
    }
}
