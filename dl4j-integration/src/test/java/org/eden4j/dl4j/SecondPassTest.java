package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** A gradient that is computed a second time, at a join or a resynchronisation, equals that of a step taken once. */
class SecondPassTest {
    private static final Method NONE = Method.parse("none");

    /** Two sequences of three segments each; the second worker resynchronises in a first, a middle or a last segment. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void shouldStartFromTheRecurrentStateOfTheFirstPass(long round) throws Exception {
        assertEqualsUnion(round, seed -> Nets.recurrent(new Sgd(.5), seed, false));
        assertEqualsUnion(round, seed -> Nets.recurrent(new Adam(.01), seed, true));
        assertEqualsUnion(round, seed -> Nets.recurrentGraph(new Sgd(.5), seed));
    }

    private static void assertEqualsUnion(long round, LongFunction<Model> networks) throws Exception {
        List<List<DataSet>> shares = List.of(Nets.sequences(2, 4, 1), Nets.sequences(2, 4, 2));
        Model[] replicas = {networks.apply(5), networks.apply(6)};
        InProcessJob job = new InProcessJob(2, (int) replicas[0].numParams(), NONE);
        job.resynchronise(1, round);
        AtomicInteger resynchronised = new AtomicInteger();
        InProcessJob.runAll(2, worker -> {
            Model replica = replicas[worker];
            replica.addListeners(new GradientSharing(job.member(worker)).onRound(result -> {
                if (result.resynchronised()) {
                    resynchronised.incrementAndGet();
                }
            }));
            for (DataSet sequence : shares.get(worker)) {
                fit(replica, sequence);
            }
        });
        Model union = networks.apply(5);
        INDArray start = union.params().dup();
        for (int s = 0; s < 2; s++) {
            fit(union, DataSet.merge(List.of(shares.get(0).get(s), shares.get(1).get(s))));
        }
        assertEquals(1, resynchronised.get());
        assertTrue(Nets.relativeDifference(union.params(), start) > .01, "the oracle learns");
        double difference = replicas[1].params().sub(union.params()).norm2Number().doubleValue()
                / union.params().sub(start).norm2Number().doubleValue();
        assertTrue(difference < 1e-5, "difference from the union, relative to what was learnt: " + difference);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /**
     * With dropout and batch normalization. The oracle computes the two halves of each step separately, with separate
     * random numbers, adds them and updates.
     */
    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 2})
    void shouldDropWhatTheFirstPassDropped(long round) throws Exception {
        int steps = 4;
        List<List<DataSet>> shares = List.of(Nets.batches(steps, 16, 1), Nets.batches(steps, 16, 2));
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        InProcessJob job = new InProcessJob(2, (int) Nets.withDropout(new Sgd(.5), 1).numParams(), NONE);
        job.resynchronise(1, round);
        InProcessJob.runAll(2, worker -> {
            replicas[worker] = Nets.withDropout(new Sgd(.5), worker + 5);
            Nd4j.getRandom().setSeed(worker + 100);
            replicas[worker].addListeners(new GradientSharing(job.member(worker)));
            for (DataSet batch : shares.get(worker)) {
                replicas[worker].fit(batch);
            }
        });

        MultiLayerNetwork oracle = Nets.withDropout(new Sgd(.5), 5);
        Random random = Nd4j.getRandom();
        long[][] states = new long[2][];
        for (int worker = 0; worker < 2; worker++) {
            random.setSeed(worker + 100);
            states[worker] = new long[]{random.rootState(), random.nodeState()};
        }
        for (int step = 0; step < steps; step++) {
            INDArray sum = Nd4j.zeros(oracle.params().shape());
            for (int worker = 0; worker < 2; worker++) {
                random.setStates(states[worker][0], states[worker][1]);
                DataSet batch = shares.get(worker).get(step);
                oracle.setInput(batch.getFeatures());
                oracle.setLabels(batch.getLabels());
                oracle.computeGradientAndScore();
                sum.addi(oracle.getGradientsViewArray().reshape(sum.shape()));
                states[worker] = new long[]{random.rootState(), random.nodeState()};
            }
            SumRanges sums = SumRanges.of(new TrainedNetwork(oracle));
            for (int range = 0; range < sums.count(); range++) {
                // running statistics are updates, averaged and subtracted; the others are sums over 32 examples, for
                // SGD
                double factor = sums.summed(range) ? .5 / 32 : .5;
                INDArrayIndex interval = NDArrayIndex.interval(sums.first(range), sums.end(range));
                oracle.params().get(interval).subi(sum.get(interval).mul(factor));
            }
        }
        assertTrue(Nets.relativeDifference(replicas[0].params(), oracle.params()) < 1e-5);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /**
     * Without the network, the first step of a fit without epochs is computed twice; with it, once. Both train to the
     * same parameters.
     */
    @Test
    void shouldJoinAtOnceOrInTheFirstStep() throws Exception {
        List<DataSet> share = Nets.batches(3, 8, 1);
        MultiLayerNetwork[][] replicas = new MultiLayerNetwork[2][2];
        for (int given = 0; given < 2; given++) {
            int givenNetwork = given;
            InProcessJob job = new InProcessJob(2, (int) Nets.withDropout(new Sgd(.5), 1).numParams(), NONE);
            InProcessJob.runAll(2, worker -> {
                MultiLayerNetwork replica = Nets.withDropout(new Sgd(.5), worker + 5);
                replicas[givenNetwork][worker] = replica;
                Nd4j.getRandom().setSeed(worker + 100);
                EdenListener listener = new ParameterAveraging(job.member(worker), 2);
                if (givenNetwork == 1) {
                    listener.replicate(replica);
                    assertEquals(ParameterHash.of(Nets.withDropout(new Sgd(.5), 5)), ParameterHash.of(replica));
                    Nd4j.getRandom().setSeed(worker + 100);
                }
                replica.addListeners(listener);
                for (DataSet batch : share) {
                    replica.fit(batch);
                }
                listener.finish();
            });
        }
        assertEquals(ParameterHash.of(replicas[0][0]), ParameterHash.of(replicas[1][0]));
        assertEquals(ParameterHash.of(replicas[0][1]), ParameterHash.of(replicas[1][1]));
    }

    private static void fit(Model network, DataSet data) {
        if (network instanceof MultiLayerNetwork layers) {
            layers.fit(data);
        } else {
            ((ComputationGraph) network).fit(data);
        }
    }
}
