package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Mistakes that would make replicas unequal, or hide why training ended, end with a sentence that states the cure. */
class MistakesTest {
    private static final DataSet BATCH = Nets.batches(1, 8, 1).getFirst();

    /** Both training modes. */
    private enum Mode {
        AVERAGING(exchange -> new ParameterAveraging(exchange, 2)), SHARING(GradientSharing::new);

        private final Function<Exchange, EdenListener> make;

        Mode(Function<Exchange, EdenListener> make) {
            this.make = make;
        }

        EdenListener alone(MultiLayerNetwork network) {
            return make.apply(new InProcessJob(1, (int) network.numParams(), Method.parse("none")).member(0));
        }
    }

    private static Stream<Mode> modes() {
        return Stream.of(Mode.values());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldRefuseAListenerThatWasAddedTwice(Mode mode) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        EdenListener listener = mode.alone(network);
        network.addListeners(listener, listener);
        assertEquals("the network has this listener 2 times, and would exchange each step 2 times: add it once",
                assertThrows(IllegalStateException.class, () -> network.fit(BATCH)).getMessage());

        MultiLayerNetwork later = Nets.network(new Sgd(.1), 1);
        EdenListener again = mode.alone(later);
        later.addListeners(again);
        later.fit(BATCH);
        later.addListeners(again);
        assertThrows(IllegalStateException.class, () -> later.fit(BATCH));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldRefuseListenersOfTwoWorkersOnOneNetwork(Mode mode) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.addListeners(mode.alone(network), mode.alone(network));
        assertEquals("the network has 2 listeners of jobs, and a network can be a replica in one job only:"
                + " remove the others with setListeners()",
                assertThrows(IllegalStateException.class, () -> network.fit(BATCH)).getMessage());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldNoticeStepsThatItDidNotSee(Mode mode) {
        String cure = "setListeners() replaces all listeners, so add others with addListeners(), and set iteration counts"
                + " before the network joins; to continue, join with a new worker and listener";
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        EdenListener listener = mode.alone(network);
        network.addListeners(listener);
        network.fit(BATCH);
        network.setListeners(new ScoreIterationListener(1000));
        network.fit(new ListDataSetIterator<>(Nets.batches(3, 8, 1), 1));
        String atTheEnd = assertThrows(IllegalStateException.class, listener::finish).getMessage();
        assertTrue(atTheEnd
            .startsWith("the network's iteration count is 3 ahead of the steps that this listener has seen"), atTheEnd);
        assertTrue(atTheEnd.endsWith(cure), atTheEnd);

        MultiLayerNetwork back = Nets.network(new Sgd(.1), 1);
        EdenListener removed = mode.alone(back);
        back.addListeners(removed);
        back.fit(BATCH);
        back.setListeners();
        back.fit(BATCH);
        back.addListeners(removed);
        String atTheNext = assertThrows(IllegalStateException.class, () -> back.fit(BATCH)).getMessage();
        assertTrue(
                atTheNext
                    .startsWith("the network's iteration count is 1 ahead of the steps that this listener has seen"),
                atTheNext);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldNoticeThatItWasNeverAdded(Mode mode) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        EdenListener listener = mode.alone(network).replicate(network);
        network.fit(BATCH);
        assertThrows(IllegalStateException.class, listener::finish);
        assertDoesNotThrow(mode.alone(network)::finish, "a listener without a network only warns");
    }

    /** No step is missed in epochs, single steps, a final exchange, and after the removal of the listener. */
    @ParameterizedTest
    @MethodSource("modes")
    void shouldNotMistakeOrdinaryTrainingForMissedSteps(Mode mode) {
        MultiLayerNetwork network = Nets.network(new Adam(.01), 1);
        EdenListener listener = mode.alone(network);
        network.addListeners(listener);
        network.fit(new ListDataSetIterator<>(Nets.batches(3, 8, 1), 1), 2);
        network.fit(BATCH);
        listener.finish();
        network.fit(BATCH);
        network.setListeners();
        listener.finish();
        assertTrue(listener.failure().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldRefusePretraining(Mode mode) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1)
            .updater(new Sgd(.1))
            .list()
            .layer(new AutoEncoder.Builder().nOut(6).build())
            .layer(new OutputLayer.Builder().nOut(Nets.CLASSES).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.feedForward(Nets.INPUTS))
            .build());
        network.init();
        EdenListener listener = mode.alone(network);
        network.setListeners(listener);
        String message = assertThrows(IllegalStateException.class,
                () -> network.pretrain(new ListDataSetIterator<>(List.of(BATCH), 1)))
            .getMessage();
        assertEquals("training a single layer, as net.pretrain() does, cannot be shared: pretrain before the"
                + " listener is added; the other members then adopt the first one's parameters", message);

        MultiLayerNetwork before = network.clone();
        before.pretrain(new ListDataSetIterator<>(List.of(BATCH), 1));
        before.addListeners(mode.alone(before));
        assertDoesNotThrow(() -> before.fit(BATCH));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldRefuseARestoredNetworkWithTheListenerOrTheWorkerOfTheFormer(Mode mode, @TempDir Path folder)
            throws Exception {
        MultiLayerNetwork former = Nets.network(new Sgd(.1), 1);
        EdenListener listener = mode.alone(former);
        former.addListeners(listener);
        former.fit(BATCH);
        File file = folder.resolve("network.zip").toFile();
        former.save(file);
        MultiLayerNetwork restored = MultiLayerNetwork.load(file, true);
        restored.addListeners(listener);
        assertEquals("this listener already serves another network, but was called for a MultiLayerNetwork that was"
                + " restored, copied or built since: close the worker, join with a new one and create a new listener",
                assertThrows(IllegalStateException.class, () -> restored.fit(BATCH)).getMessage());

        MultiLayerNetwork second = MultiLayerNetwork.load(file, true);
        second.addListeners(mode.make.apply(failing((int) second.numParams(), true,
                new IllegalStateException("the state is shared once, before the first exchange; this is round 1"))));
        assertEquals(
                "the network cannot be a replica: the state is shared once, before the first exchange; this is round"
                        + " 1. A worker serves one network and one listener: for a network that was restored, copied or"
                        + " rebuilt, close the worker, join with a new one and create a new listener",
                assertThrows(IllegalStateException.class, () -> second.fit(BATCH)).getMessage());
    }

    /** DL4J catches what fit() throws, and fails with a NullPointerException if it has no earlier model. */
    @ParameterizedTest
    @MethodSource("modes")
    void shouldTellWhatEarlyStoppingHides(Mode mode) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        TransportException reason = new TransportException("round 0 closed with 0 of 4 workers after 5000 ms");
        EdenListener listener = mode.make.apply(failing((int) network.numParams(), false, reason));
        network.addListeners(listener);
        EarlyStoppingConfiguration<MultiLayerNetwork> configuration = new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
            .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(List.of(BATCH), 1), true))
            .modelSaver(new InMemoryModelSaver<>())
            .build();
        EarlyStoppingTrainer trainer = new EarlyStoppingTrainer(configuration, network,
                new ListDataSetIterator<>(Nets.batches(4, 8, 1), 1));
        RuntimeException thrown = assertThrows(RuntimeException.class, () -> {
            try {
                trainer.fit();
            } finally {
                listener.finish();
            }
        });
        assertEquals("this replica has stopped: round 0 closed with 0 of 4 workers after 5000 ms", thrown.getMessage());
        assertSame(reason, thrown.getCause());
        assertSame(reason, listener.failure().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldRefuseParallelWrapper(Mode mode) {
        for (boolean early : new boolean[]{false, true}) {
            MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
            EdenListener listener = mode.alone(network);
            if (early) {
                listener.replicate(network);
            }
            network.addListeners(listener);
            ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network).workers(2).averagingFrequency(1).build();
            try {
                assertThrows(RuntimeException.class,
                        () -> wrapper.fit(new ListDataSetIterator<>(Nets.batches(4, 8, 1), 1)));
            } finally {
                wrapper.shutdown();
            }
            String message = listener.failure().orElseThrow().getMessage();
            assertTrue(message.startsWith("ParallelWrapper trains copies of the network"), message);
            assertTrue(message.contains("call fit() of the network instead"), message);
        }
    }

    @Test
    void shouldRefuseBeforeTheJoinWhatCannotBeExchanged() {
        assertRefused(Nets.ofDoubles(new Sgd(.1)), "the parameters are DOUBLE, only FLOAT can be exchanged: build the"
                + " network with dataType(DataType.FLOAT)");
        MultiLayerConfiguration configuration = Nets.network(new Sgd(.1), 1).getLayerWiseConfigurations();
        assertRefused(new MultiLayerNetwork(configuration.clone()),
                "the network has no parameters: call its init() first");
        MultiLayerNetwork ofView = new MultiLayerNetwork(configuration.clone());
        INDArray larger = Nd4j.rand(300);
        ofView.init(larger.get(NDArrayIndex.interval(5, 264)), false);
        assertRefused(ofView,
                "the parameters are a view of 259 values at offset 5 in a buffer of 300: only an array that"
                        + " spans its whole buffer can be exchanged");

        MultiLayerNetwork sums = Nets.network(new Sgd(.1), 1);
        sums.conf().setMiniBatch(false);
        assertDoesNotThrow(() -> EdenListener.checkParameterAveraging(sums));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> EdenListener.checkGradientSharing(sums))
            .getMessage()
            .startsWith("the network is built with miniBatch(false)"));
        assertEquals("a org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer cannot be a replica, only a"
                + " MultiLayerNetwork or a ComputationGraph",
                assertThrows(IllegalArgumentException.class,
                        () -> EdenListener.checkGradientSharing(sums.getLayer(0)))
                    .getMessage());

        ComputationGraph graph = Nets.graph(new Adam(.1), 1);
        MultiLayerNetwork recurrent = Nets.recurrent(new Adam(.1), 1, true);
        for (var fine : List.of(graph, recurrent)) {
            assertDoesNotThrow(() -> EdenListener.checkParameterAveraging(fine));
            assertDoesNotThrow(() -> EdenListener.checkGradientSharing(fine));
        }
    }

    private static void assertRefused(MultiLayerNetwork network, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> EdenListener.checkParameterAveraging(network))
            .getMessage());
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> EdenListener.checkGradientSharing(network))
            .getMessage());
    }

    /** A member whose shared state or rounds fail. */
    private static Exchange failing(int dimension, boolean share, RuntimeException reason) {
        return new Exchange() {
            @Override
            public int dimension() {
                return dimension;
            }

            @Override
            public void shareModel(MemorySegment model, Replica remainder) {
                shareState(null);
            }

            @Override
            public void shareState(Replica replica) {
                if (share) {
                    throw reason;
                }
            }

            @Override
            public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
                throw reason;
            }
        };
    }
}
