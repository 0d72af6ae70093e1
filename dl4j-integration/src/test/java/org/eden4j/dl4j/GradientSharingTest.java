package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** The oracle is one network trained on the union of the workers' batches. */
class GradientSharingTest {
    private static final int STEPS = 40;
    private static final Method NONE = Method.parse("none");

    @Test
    void shouldEqualLargeBatchTrainingWithSgd() throws Exception {
        assertTrue(differenceFromUnion(NONE, new Sgd(.1), 25, 25) < 1e-6);
    }

    @Test
    void shouldEqualLargeBatchTrainingWithMomentumAndAdam() throws Exception {
        assertTrue(differenceFromUnion(NONE, new Nesterovs(.05, .9), 25, 25) < 1e-5);
        assertTrue(differenceFromUnion(NONE, new Adam(.01), 25, 25) < 1e-5);
    }

    @Test
    void shouldWeighGradientsByTheirExamples() throws Exception {
        assertTrue(differenceFromUnion(NONE, new Sgd(.1), 10, 30, 7) < 1e-6);
    }

    /** Each step has unbiased noise of relative size sqrt(4e-5 / 2), and the run moves by about its own length. */
    @Test
    void shouldStayCloseAtEightBits() throws Exception {
        double difference = differenceFromUnion(Method.parse("eden:bits=8"), new Sgd(.1), 25, 25);
        assertTrue(difference > 1e-6 && difference < 5e-3, "difference " + difference);
    }

    @Test
    void shouldTrainGraphsLikeNetworks() throws Exception {
        List<DataSet> first = Nets.batches(10, 8, 1);
        List<DataSet> second = Nets.batches(10, 8, 2);
        ComputationGraph[] replicas = {Nets.graph(new Sgd(.1), 5), Nets.graph(new Sgd(.1), 6)};
        ComputationGraph union = Nets.graph(new Sgd(.1), 5);
        InProcessJob job = new InProcessJob(2, (int) union.numParams(), NONE);
        InProcessJob.runAll(2, worker -> {
            replicas[worker].addListeners(new GradientSharing(job.member(worker)));
            for (DataSet batch : worker == 0 ? first : second) {
                replicas[worker].fit(batch);
            }
        });
        for (int step = 0; step < 10; step++) {
            union.fit(DataSet.merge(List.of(first.get(step), second.get(step))));
        }
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
        assertTrue(Nets.relativeDifference(replicas[0].params(), union.params()) < 1e-6);
    }

    /** Running means are updates, not sums: the union's is the average of the workers' whatever the batch size. */
    @Test
    void shouldNotDivideStatisticsOfBatchNormalization() throws Exception {
        List<DataSet> first = Nets.batches(5, 8, 1);
        List<DataSet> second = Nets.batches(5, 8, 2);
        MultiLayerNetwork[] replicas = {Nets.withBatchNormalization(new NoOp(), 5),
                Nets.withBatchNormalization(new NoOp(), 6)};
        MultiLayerNetwork union = Nets.withBatchNormalization(new NoOp(), 5);
        INDArray start = union.getParam("0_mean").dup();
        InProcessJob job = new InProcessJob(2, (int) union.numParams(), NONE);
        InProcessJob.runAll(2, worker -> {
            replicas[worker].addListeners(new GradientSharing(job.member(worker)));
            for (DataSet batch : worker == 0 ? first : second) {
                replicas[worker].fit(batch);
            }
        });
        for (int step = 0; step < 5; step++) {
            union.fit(DataSet.merge(List.of(first.get(step), second.get(step))));
        }
        assertTrue(union.getParam("0_mean").sub(start).norm2Number().doubleValue() > .01, "the oracle's mean moves");
        assertTrue(Nets.relativeDifference(replicas[0].getParam("0_mean"), union.getParam("0_mean")) < 1e-5);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));

        SumRanges ranges = SumRanges.of(new TrainedNetwork(union));
        List<Boolean> kinds = new ArrayList<>();
        for (int i = 0; i < ranges.count(); i++) {
            kinds.add(ranges.summed(i));
        }
        assertEquals(List.of(true, false, true), kinds);
        assertEquals(2 * Nets.INPUTS, ranges.first(1), "after gamma and beta");
        assertEquals(4 * Nets.INPUTS, ranges.end(1), "mean and variance");
        assertEquals(union.numParams(), ranges.end(2));
    }

    /**
     * An assumption of the listener: the raw gradient grows with the batch, and the updater divides it before anything
     * else.
     */
    @Test
    void shouldFindRawGradientsOfDl4jToBeSums() {
        DataSet one = Nets.batches(1, 8, 1).getFirst();
        DataSet twice = DataSet.merge(List.of(one, one));
        MultiLayerNetwork network = Nets.network(new NoOp(), 5);
        network.fit(one);
        INDArray raw = rawGradient(network, one);
        INDArray doubled = rawGradient(network, twice);
        assertTrue(Nets.relativeDifference(doubled, raw.mul(2)) < 1e-6);
    }

    @Test
    void shouldEndFitWithAMessageThatNamesTheDivergedParameter() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 5);
        InProcessJob job = new InProcessJob(1, (int) network.numParams(), NONE);
        network.addListeners(new GradientSharing(job.member(0)));
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        network.fit(batch);
        network.getParam("1_b").putScalar(0, Float.NaN);
        String message = assertThrows(IllegalStateException.class, () -> network.fit(batch)).getMessage();
        assertTrue(message.matches("training diverged: the gradient of parameter \\d+, in 0_W, is NaN:"
                + " lower the learning rate or clip gradients; nothing was sent"), message);
    }

    @Test
    void shouldRefuseNetworksThatDoNotDivideByTheBatch() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 5);
        network.conf().setMiniBatch(false);
        InProcessJob job = new InProcessJob(1, (int) network.numParams(), NONE);
        network.addListeners(new GradientSharing(job.member(0)));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> network.fit(Nets.batches(1, 8, 1).getFirst()))
            .getMessage()
            .startsWith("the network is built with miniBatch(false)"));
    }

    private static INDArray rawGradient(MultiLayerNetwork network, DataSet batch) {
        network.setInput(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.computeGradientAndScore();
        return network.gradient().gradient().dup();
    }

    /** Trains one replica per batch size and one network on the union; returns |replica - union| / |union|. */
    private static double differenceFromUnion(Method method, IUpdater updater, int... batchSizes) throws Exception {
        int workers = batchSizes.length;
        List<List<DataSet>> shares = new ArrayList<>();
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[workers];
        for (int worker = 0; worker < workers; worker++) {
            shares.add(Nets.batches(STEPS, batchSizes[worker], worker + 1));
            replicas[worker] = Nets.network(updater.clone(), worker + 10);
        }
        MultiLayerNetwork union = Nets.network(updater.clone(), 10);
        InProcessJob job = new InProcessJob(workers, (int) union.numParams(), method);
        InProcessJob.runAll(workers, worker -> {
            replicas[worker].addListeners(new GradientSharing(job.member(worker)));
            for (DataSet batch : shares.get(worker)) {
                replicas[worker].fit(batch);
            }
        });
        for (int step = 0; step < STEPS; step++) {
            List<DataSet> together = new ArrayList<>();
            for (List<DataSet> share : shares) {
                together.add(share.get(step));
            }
            union.fit(DataSet.merge(together));
        }
        double difference = Nets.relativeDifference(replicas[0].params(), union.params());
        System.out.printf("%s %s %d workers: difference from union %.2e%n", method, updater.getClass().getSimpleName(),
                workers, difference);
        return difference;
    }
}
