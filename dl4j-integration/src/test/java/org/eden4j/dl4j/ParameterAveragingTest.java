package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.transport.job.Replica;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

class ParameterAveragingTest {
    private static final Method NONE = Method.parse("none");

    /** 11 steps, exchanged every 4: rounds after 4 and 8 steps, and one for the last 3. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "eden:bits=4", "drive"})
    void shouldKeepReplicasEqualBitForBit(String method) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[3];
        long[][] hashes = new long[3][3];
        InProcessJob job = new InProcessJob(3, (int) Nets.network(new Sgd(.1), 1).numParams(), Method.parse(method));
        InProcessJob.runAll(3, worker -> {
            replicas[worker] = Nets.network(new Adam(.01), worker + 1);
            List<RoundResult> rounds = new ArrayList<>();
            EdenListener listener = new ParameterAveraging(job.member(worker), 4).onRound(result -> {
                hashes[worker][rounds.size()] = ParameterHash.of(replicas[worker]);
                rounds.add(result);
            });
            replicas[worker].addListeners(listener);
            replicas[worker].fit(new ListDataSetIterator<>(Nets.batches(11, 8, worker + 1), 1));
            listener.finish();
            listener.finish();
            assertEquals(List.of(0L, 1L, 2L), rounds.stream().map(RoundResult::round).toList());
        });
        for (int round = 0; round < 3; round++) {
            assertEquals(hashes[0][round], hashes[1][round]);
            assertEquals(hashes[0][round], hashes[2][round]);
        }
        assertEquals(hashes[0][2], ParameterHash.of(replicas[0]));
        assertNotEquals(hashes[0][0], hashes[0][1]);
    }

    /** The oracle trains each replica separately and averages by hand. */
    @Test
    void shouldAverageWhatReplicasLearnWeightedByExamples() throws Exception {
        int[] examples = {10, 30};
        Model[] replicas = new Model[2];
        InProcessJob job = new InProcessJob(2, (int) Nets.network(new Sgd(.1), 1).numParams(), NONE);
        InProcessJob.runAll(2, worker -> {
            MultiLayerNetwork replica = Nets.network(new Sgd(.1), worker + 1);
            replicas[worker] = replica;
            replica.addListeners(new ParameterAveraging(job.member(worker), 3));
            for (DataSet batch : Nets.batches(6, examples[worker], worker + 1)) {
                replica.fit(batch);
            }
        });

        MultiLayerNetwork[] alone = {Nets.network(new Sgd(.1), 1), Nets.network(new Sgd(.1), 1)};
        List<List<DataSet>> shares = List.of(Nets.batches(6, 10, 1), Nets.batches(6, 30, 2));
        for (int step = 0; step < 6; step++) {
            alone[0].fit(shares.get(0).get(step));
            alone[1].fit(shares.get(1).get(step));
            if (step % 3 == 2) {
                INDArray mean = alone[0].params().mul(.25).add(alone[1].params().mul(.75));
                alone[0].setParams(mean.dup());
                alone[1].setParams(mean.dup());
            }
        }
        assertTrue(Nets.relativeDifference(replicas[0].params(), alone[0].params()) < 1e-6);
    }

    @Test
    void shouldStartFromTheFirstMembersModelInEpochsAndInSingleSteps() throws Exception {
        List<DataSet> share = Nets.batches(1, 8, 1);
        MultiLayerNetwork expected = Nets.network(new Sgd(.1), 1);
        expected.fit(share.getFirst());
        for (boolean epoch : new boolean[]{true, false}) {
            MultiLayerNetwork[] replicas = {Nets.network(new Sgd(.1), 1), Nets.network(new Sgd(.1), 2)};
            InProcessJob job = new InProcessJob(2, (int) replicas[0].numParams(), NONE);
            InProcessJob.runAll(2, worker -> {
                replicas[worker].addListeners(new ParameterAveraging(job.member(worker), 10));
                if (epoch) {
                    replicas[worker].fit(new ListDataSetIterator<>(share, 1));
                } else {
                    replicas[worker].fit(share.getFirst());
                }
            });
            // the same batch from the same start: a step with the old model's gradient would differ
            assertEquals(ParameterHash.of(expected), ParameterHash.of(replicas[0]));
            assertEquals(ParameterHash.of(expected), ParameterHash.of(replicas[1]));
        }
    }

    @Test
    void shouldCarryAChangeThatWasNotCountedIntoTheNextRound() throws Exception {
        MultiLayerNetwork[] replicas = {Nets.network(new Sgd(.1), 1), Nets.network(new Sgd(.1), 1)};
        InProcessJob job = new InProcessJob(2, (int) replicas[0].numParams(), NONE);
        job.late(1, 0);
        INDArray start = replicas[0].params().dup();
        INDArray[][] after = new INDArray[2][2];
        List<List<DataSet>> shares = List.of(Nets.batches(2, 8, 1), Nets.batches(2, 8, 2));
        InProcessJob.runAll(2, worker -> {
            replicas[worker].addListeners(new ParameterAveraging(job.member(worker), 1));
            for (int step = 0; step < 2; step++) {
                replicas[worker].fit(shares.get(worker).get(step));
                after[worker][step] = replicas[worker].params().dup();
            }
        });

        INDArray first0 = change(start, shares.get(0).get(0));
        INDArray first1 = change(start, shares.get(1).get(0));
        INDArray afterFirst = start.add(first0);
        assertTrue(Nets.relativeDifference(after[1][0], afterFirst) < 1e-6, "round 0 counts worker 0 alone");
        INDArray second0 = change(afterFirst, shares.get(0).get(1));
        INDArray second1 = change(afterFirst, shares.get(1).get(1)).add(first1);
        INDArray expected = afterFirst.add(second0.add(second1).mul(.5));
        assertTrue(Nets.relativeDifference(after[1][1], expected) < 1e-6, "round 1 counts the late change too");
        assertEquals(after[0][1], after[1][1]);
    }

    @Test
    void shouldAverageGraphs() throws Exception {
        ComputationGraph[] replicas = {Nets.graph(new Adam(.01), 1), Nets.graph(new Adam(.01), 2)};
        InProcessJob job = new InProcessJob(2, (int) replicas[0].numParams(), Method.parse("eden:bits=4"));
        InProcessJob.runAll(2, worker -> {
            EdenListener listener = new ParameterAveraging(job.member(worker), 3);
            replicas[worker].addListeners(listener);
            replicas[worker].fit(new ListDataSetIterator<>(Nets.batches(7, 8, worker + 1), 1), 2);
            listener.finish();
        });
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    @Test
    void shouldEndFitWithTheReasonWhyTheJobFailed() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        TransportException failure = new TransportException("round 0 closed with 0 of 4 workers after 5000 ms");
        network.addListeners(new ParameterAveraging(new Exchange() {
            @Override
            public int dimension() {
                return (int) network.numParams();
            }

            @Override
            public void shareModel(MemorySegment model, Replica remainder) {}

            @Override
            public void shareState(Replica replica) {}

            @Override
            public RoundResult exchange(MemorySegment update, float weight, MemorySegment mean) {
                throw failure;
            }
        }, 1));
        assertEquals(failure,
                assertThrows(TransportException.class, () -> network.fit(Nets.batches(1, 8, 1).getFirst())));
    }

    @Test
    void shouldEndFitWithAMessageThatNamesTheDivergedParameter() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        InProcessJob job = new InProcessJob(1, (int) network.numParams(), NONE);
        network.addListeners(new ParameterAveraging(job.member(0), 1));
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        network.fit(batch);
        network.getParam("1_b").putScalar(1, Float.POSITIVE_INFINITY);
        String message = assertThrows(IllegalStateException.class, () -> network.fit(batch)).getMessage();
        assertTrue(message.matches("training diverged: the change of parameter \\d+, in \\d_[Wb], is NaN:"
                + " lower the learning rate or clip gradients; nothing was sent"), message);
    }

    @Test
    void shouldRefuseNetworksItCannotServe() {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        DataSet batch = Nets.batches(1, 8, 1).getFirst();
        network.addListeners(new ParameterAveraging(new InProcessJob(1, 100, NONE).member(0), 1));
        assertEquals(
                "the network has 259 parameters, but the worker joined for 100: build the worker with the network's numParams()",
                assertThrows(IllegalArgumentException.class, () -> network.fit(batch)).getMessage());

        MultiLayerNetwork doubles = Nets.ofDoubles(new Sgd(.1));
        doubles.addListeners(new ParameterAveraging(new InProcessJob(1, (int) doubles.numParams(), NONE).member(0), 1));
        assertEquals(
                "the parameters are DOUBLE, only FLOAT can be exchanged: build the network with dataType(DataType.FLOAT)",
                assertThrows(IllegalArgumentException.class, () -> doubles.fit(batch)).getMessage());

        EdenListener shared = new ParameterAveraging(new InProcessJob(1, 259, NONE).member(0), 1);
        MultiLayerNetwork first = Nets.network(new Sgd(.1), 1);
        MultiLayerNetwork second = Nets.network(new Sgd(.1), 1);
        first.addListeners(shared);
        second.addListeners(shared);
        first.fit(batch);
        assertEquals(
                "this listener already serves another network, but was called for a MultiLayerNetwork that was restored,"
                        + " copied or built since: close the worker, join with a new one and create a new listener",
                assertThrows(IllegalStateException.class, () -> second.fit(batch)).getMessage());

        assertEquals("steps between exchanges must be at least 1, got 0", assertThrows(IllegalArgumentException.class,
                () -> new ParameterAveraging(new InProcessJob(1, 259, NONE).member(0), 0))
            .getMessage());
    }

    /** Returns the change of one SGD step on a batch. */
    private static INDArray change(INDArray from, DataSet batch) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.setParams(from.dup());
        network.fit(batch);
        return network.params().sub(from);
    }
}
