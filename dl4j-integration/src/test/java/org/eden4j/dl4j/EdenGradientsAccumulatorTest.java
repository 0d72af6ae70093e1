package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;
import org.eden4j.compressor.NonFiniteGradientException;
import org.eden4j.transport.job.RoundStatistics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J's own training on several threads, with compressed updates. */
@Timeout(180)
class EdenGradientsAccumulatorTest {
    /** Keeps the parameters of each replica after its last step. */
    private static final class LastSteps extends BaseTrainingListener {
        final Map<Model, Long> hashes = Collections.synchronizedMap(new IdentityHashMap<>());
        final Map<Model, Integer> steps = Collections.synchronizedMap(new IdentityHashMap<>());

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            hashes.put(model, ParameterHash.of(model));
            steps.merge(model, 1, Integer::sum);
        }
    }

    private static DataSetIterator batches(int count, long seed) {
        return new ListDataSetIterator<>(Nets.batches(count, 8, seed), 1);
    }

    private static ParallelWrapper wrapper(Model network, int workers, EdenGradientsAccumulator accumulator) {
        return new ParallelWrapper.Builder<>(network).workers(workers)
            .trainingMode(TrainingMode.CUSTOM)
            .gradientsAccumulator(accumulator)
            .build();
    }

    @ParameterizedTest
    @CsvSource({"2,eden:bits=4,false", "4,drive,true"})
    void shouldKeepReplicasEqualOnUnevenData(int workers, String method, boolean graph) {
        assertReplicasEqual(workers, method, graph, 4);
    }

    @Tag("thorough")
    @ParameterizedTest
    @CsvSource({"2,eden:bits=4,false", "4,eden:bits=4,false", "4,drive,true", "2,topk:fraction=0.1,false"})
    void shouldKeepReplicasEqualOnUnevenDataInManyCalls(int workers, String method, boolean graph) {
        assertReplicasEqual(workers, method, graph, 20);
    }

    /** Many calls end with a round of fewer batches than workers; the first call has one batch. */
    private static void assertReplicasEqual(int workers, String method, boolean graph, int calls) {
        Model network = graph ? Nets.graph(new Adam(.01), 1) : Nets.withBatchNormalization(new Adam(.01), 1);
        LastSteps last = new LastSteps();
        network.setListeners(last);
        List<RoundStatistics> rounds = new CopyOnWriteArrayList<>();
        EdenGradientsAccumulator.Builder builder = EdenGradientsAccumulator.builder(network, workers)
            .method(method)
            .onRound(rounds::add);
        EdenGradientsAccumulator accumulator = (method.startsWith("topk") ? builder.errorFeedback() : builder).build();
        ParallelWrapper wrapper = wrapper(network, workers, accumulator);
        int expectedRounds = 0;
        for (int call = 0; call < calls; call++) {
            int count = 1 + workers * (call % 3) + call % workers;
            last.hashes.clear();
            last.steps.clear();
            wrapper.fit(batches(count, call));
            expectedRounds += Math.ceilDiv(count, workers);
            int most = Math.ceilDiv(count, workers);
            long ends = last.hashes.entrySet()
                .stream()
                .filter(replica -> last.steps.get(replica.getKey()) == most)
                .map(Map.Entry::getValue)
                .distinct()
                .count();
            assertEquals(1, ends, "replicas of the last round of call " + call);
            assertEquals(last.hashes.get(network), ParameterHash.of(network));
            assertEquals(count, last.steps.values().stream().mapToInt(Integer::intValue).sum());
        }
        assertEquals(expectedRounds, rounds.size());
        for (int round = 0; round < expectedRounds; round++) {
            assertEquals(round, rounds.get(round).round());
        }
    }

    /** The mean of plain SGD's updates is the step for the union of all batches. */
    @Test
    void shouldEqualOneNetworkWithTheUnionOfBatchesUnderSgd() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        ParallelWrapper wrapper = wrapper(network, 2,
                EdenGradientsAccumulator.builder(network, 2).method("none").downlink("none").build());
        wrapper.fit(batches(20, 1));
        MultiLayerNetwork alone = Nets.network(new Sgd(.1), 1);
        List<DataSet> all = Nets.batches(20, 8, 1);
        for (int step = 0; step < 10; step++) {
            alone.fit(DataSet.merge(all.subList(2 * step, 2 * step + 2)));
        }
        assertTrue(Nets.relativeDifference(network.params(), alone.params()) < 1e-6);
    }

    @Test
    void shouldRepeatItself() {
        assertEquals(trained(2, 1), trained(2, 1));
    }

    @Tag("thorough")
    @Test
    void shouldRepeatItselfWithFourWorkersAndTheSameSeed() {
        assertEquals(trained(4, 1), trained(4, 1));
        assertNotEquals(trained(4, 1), trained(4, 2));
    }

    private static long trained(int workers, long seed) {
        MultiLayerNetwork network = Nets.network(new Adam(.01), 1);
        ParallelWrapper wrapper = wrapper(network, workers,
                EdenGradientsAccumulator.builder(network, workers).method("drive").rules("*=job").seed(seed).build());
        wrapper.fit(batches(4 * workers + 1, 3));
        wrapper.fit(batches(4 * workers + 1, 4));
        return ParameterHash.of(network);
    }

    /**
     * An exception of a listener in one worker, in the first, a middle and the last round, reaches the caller; the next
     * fit works.
     */
    @ParameterizedTest
    @CsvSource({"2,0", "2,3", "2,7", "4,0", "4,3", "4,7"})
    void shouldThrowWhatAWorkerHasThrown(int workers, int step) {
        MultiLayerNetwork network = Nets.network(new Adam(.01), 1);
        UnsupportedOperationException cause = new UnsupportedOperationException("no more");
        AtomicBoolean once = new AtomicBoolean();
        BaseTrainingListener listener = new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                if (iteration == step && model != network && once.compareAndSet(false, true)) {
                    throw cause;
                }
            }
        };
        network.setListeners(listener);
        EdenGradientsAccumulator accumulator = EdenGradientsAccumulator.builder(network, workers).build();
        ParallelWrapper wrapper = wrapper(network, workers, accumulator);
        assertSame(cause, failure(wrapper, batches(8 * workers, 1)));
        wrapper.shutdown();
        network.setListeners(List.of());
        ParallelWrapper second = wrapper(network, workers, accumulator);
        second.fit(batches(2 * workers + 1, 1));
    }

    /** Returns the root cause of an exception that fit threw. */
    private static Throwable failure(ParallelWrapper wrapper, DataSetIterator data) {
        Throwable thrown = assertThrows(RuntimeException.class, () -> wrapper.fit(data));
        while (thrown.getCause() != null) {
            thrown = thrown.getCause();
        }
        return thrown;
    }

    /** A worker's update with a non-finite value ends the fit with the reason. */
    @Test
    void shouldThrowThatTheNetworkHasDiverged() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.getParam("1_b").putScalar(1, Float.NaN);
        ParallelWrapper wrapper = wrapper(network, 2, EdenGradientsAccumulator.builder(network, 2).build());
        assertInstanceOf(NonFiniteGradientException.class, failure(wrapper, batches(8, 1)));
        wrapper.shutdown();
    }

    @Test
    void shouldLetTheNetworkTrainAloneAfterwards() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        wrapper(network, 2, EdenGradientsAccumulator.builder(network, 2).build()).fit(batches(4, 1));
        MultiLayerNetwork copy = network.clone();
        DataSet batch = Nets.batches(1, 8, 9).getFirst();
        network.fit(batch);
        copy.fit(batch);
        assertEquals(ParameterHash.of(copy), ParameterHash.of(network));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseSegments(boolean graph) {
        Model network = graph ? Nets.recurrentGraph(new Adam(.01), 1) : Nets.recurrent(new Adam(.01), 1, false);
        ParallelWrapper wrapper = wrapper(network, 2, EdenGradientsAccumulator.builder(network, 2).build());
        List<DataSet> sequences = new ArrayList<>(Nets.sequences(4, 4, 1));
        Throwable thrown = failure(wrapper, new ListDataSetIterator<>(sequences, 1));
        assertTrue(thrown.getMessage().endsWith("use EdenParallelTrainer"), thrown.getMessage());
        wrapper.shutdown();
    }

    @Test
    void shouldRefuseAnotherNumberOfWorkers() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        ParallelWrapper more = wrapper(network, 3, EdenGradientsAccumulator.builder(network, 2).build());
        assertEquals("ParallelWrapper has more workers than the 2 that this accumulator was built for",
                failure(more, batches(6, 1)).getMessage());
        more.shutdown();
        assertThrows(IllegalArgumentException.class, () -> EdenGradientsAccumulator.builder(network, 1));
    }

    @Test
    void shouldTrainGraphs() {
        ComputationGraph graph = Nets.graph(new Adam(.01), 1);
        long before = ParameterHash.of(graph);
        wrapper(graph, 2, EdenGradientsAccumulator.builder(graph, 2).rules("bias=none").build()).fit(batches(6, 1));
        assertNotEquals(before, ParameterHash.of(graph));
    }
}
