package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.eden4j.compressor.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Adam;

/** Replicas are equal at the ends of epochs, if requested. */
class EpochEndTest {
    /**
     * 20 steps per epoch: at every 7, rounds after 7 and 14 steps and one for the remaining 6; at every 10, no step
     * remains.
     */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,7,3", "drive,7,3", "drive,10,2", "drive,30,1"})
    void shouldAverageAtTheEndOfEachEpoch(String method, int every, int roundsPerEpoch) throws Exception {
        int epochs = 2;
        List<List<Long>> after = List.of(new ArrayList<>(), new ArrayList<>());
        int[] rounds = new int[2];
        train(method, (worker, exchange) -> {
            EdenListener listener = new ParameterAveraging(exchange, every).averageAtEpochEnd();
            return listener.onRound(_ -> rounds[worker]++);
        }, epochs, after);
        assertEquals(epochs, after.getFirst().size());
        assertEquals(after.get(0), after.get(1), "equal after each epoch");
        assertNotEquals(after.getFirst().get(0), after.getFirst().get(1));
        assertEquals(epochs * roundsPerEpoch, rounds[0]);
        assertEquals(epochs * roundsPerEpoch, rounds[1]);
    }

    @ParameterizedTest
    @CsvSource({"eden:bits=4", "drive"})
    void shouldNeedNoRoundMoreUnderGradientSharing(String method) throws Exception {
        List<List<Long>> after = List.of(new ArrayList<>(), new ArrayList<>());
        int[] rounds = new int[2];
        train(method, (worker, exchange) -> new GradientSharing(exchange).averageAtEpochEnd()
            .onRound(_ -> rounds[worker]++), 2, after);
        assertEquals(after.get(0), after.get(1));
        assertEquals(40, rounds[0]);
    }

    /** Without averageAtEpochEnd, each replica ends an epoch with its own parameters. */
    @ParameterizedTest
    @CsvSource({"drive"})
    void shouldEndEpochsUnequalUnlessAsked(String method) throws Exception {
        List<List<Long>> after = List.of(new ArrayList<>(), new ArrayList<>());
        train(method, (_, exchange) -> new ParameterAveraging(exchange, 7), 2, after);
        assertNotEquals(after.get(0).get(0), after.get(1).get(0));
    }

    /** Early stopping scores a model after each epoch: all replicas get the same scores and stop together. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4", "drive"})
    void shouldLetReplicasStopEarlyTogether(String method) throws Exception {
        List<EarlyStoppingResult<MultiLayerNetwork>> results = new ArrayList<>(Arrays.asList(null, null));
        InProcessJob job = new InProcessJob(2, (int) Nets.network(new Adam(.03), 1).numParams(), Method.parse(method));
        InProcessJob.runAll(2, worker -> {
            MultiLayerNetwork replica = Nets.network(new Adam(.03), worker + 1);
            EdenListener listener = new ParameterAveraging(job.member(worker), 7).averageAtEpochEnd();
            replica.addListeners(listener);
            var configuration = new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(30),
                        new ScoreImprovementEpochTerminationCondition(0))
                .scoreCalculator(new DataSetLossCalculator(new ListDataSetIterator<>(Nets.batches(4, 8, 9), 1), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
            results.set(worker, new EarlyStoppingTrainer(configuration, replica,
                    new ListDataSetIterator<>(Nets.batches(20, 8, worker + 1), 1))
                .fit());
            listener.finish();
        });
        assertTrue(results.get(0).getTotalEpochs() > 1);
        assertEquals(results.get(0).getScoreVsEpoch(), results.get(1).getScoreVsEpoch());
        assertEquals(results.get(0).getTotalEpochs(), results.get(1).getTotalEpochs());
        assertEquals(ParameterHash.of(results.get(0).getBestModel()), ParameterHash.of(results.get(1).getBestModel()));
    }

    private interface Listeners {
        EdenListener of(int worker, Exchange exchange);
    }

    private static void train(String method, Listeners listeners, int epochs, List<List<Long>> after) throws Exception {
        InProcessJob job = new InProcessJob(2, (int) Nets.network(new Adam(.01), 1).numParams(), Method.parse(method));
        InProcessJob.runAll(2, worker -> {
            MultiLayerNetwork replica = Nets.network(new Adam(.01), worker + 1);
            EdenListener listener = listeners.of(worker, job.member(worker));
            replica.addListeners(listener, new BaseTrainingListener() {
                @Override
                public void onEpochEnd(Model model) {
                    after.get(worker).add(ParameterHash.of(model));
                }
            });
            replica.fit(new ListDataSetIterator<>(Nets.batches(20, 8, worker + 1), 1), epochs);
            listener.finish();
        });
    }
}
