package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The constraints of a network hold after each exchange, on equal replicas. */
class ConstraintsTest {
    private enum Constraint {
        NON_NEGATIVE(NonNegativeConstraint::new), MAX_NORM(() -> new MaxNormConstraint(.5, 1)), MIN_MAX_NORM(
                () -> new MinMaxNormConstraint(.4, .5, 1)), UNIT_NORM(() -> new UnitNormConstraint(1));

        private final Supplier<LayerConstraint> make;

        Constraint(Supplier<LayerConstraint> make) {
            this.make = make;
        }

        void assertHolds(MultiLayerNetwork network) {
            for (String name : List.of("0_W", "1_W")) {
                INDArray weights = network.getParam(name);
                INDArray norms = weights.norm2(1);
                double least = norms.minNumber().doubleValue();
                double largest = norms.maxNumber().doubleValue();
                switch (this) {
                    case NON_NEGATIVE -> assertTrue(weights.minNumber().doubleValue() >= 0,
                            name + ": " + weights.lt(0).castTo(weights.dataType()).sumNumber() + " negative weights");
                    case MAX_NORM -> assertTrue(largest <= .5 * (1 + 1e-5), name + ": largest norm " + largest);
                    case MIN_MAX_NORM -> assertTrue(least >= .4 * (1 - 1e-5) && largest <= .5 * (1 + 1e-5),
                            name + ": norms from " + least + " to " + largest);
                    case UNIT_NORM -> assertTrue(least >= 1 - 1e-5 && largest <= 1 + 1e-5,
                            name + ": norms from " + least + " to " + largest);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"NON_NEGATIVE,eden:bits=4", "NON_NEGATIVE,drive", "MAX_NORM,eden:bits=4", "MAX_NORM,drive",
            "MIN_MAX_NORM,eden:bits=4", "MIN_MAX_NORM,drive", "UNIT_NORM,eden:bits=4", "UNIT_NORM,drive"})
    void shouldHoldAfterEachExchange(Constraint constraint, String method) throws Exception {
        shouldHold(constraint, method, exchange -> new ParameterAveraging(exchange, 4));
        shouldHold(constraint, method, GradientSharing::new);
    }

    private static void shouldHold(Constraint constraint, String method, Function<Exchange, EdenListener> listeners)
            throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        List<List<Long>> hashes = List.of(new ArrayList<>(), new ArrayList<>());
        int dimension = (int) Nets.network(new Sgd(.1), 1).numParams();
        InProcessJob job = new InProcessJob(2, dimension, Method.parse(method));
        InProcessJob.runAll(2, worker -> {
            MultiLayerNetwork replica = Nets.constrained(new Sgd(.3), worker + 1, constraint.make.get());
            replicas[worker] = replica;
            EdenListener listener = listeners.apply(job.member(worker));
            listener.onRound(_ -> {
                if (listener instanceof ParameterAveraging) {
                    constraint.assertHolds(replica);
                }
                hashes.get(worker).add(ParameterHash.of(replica));
            });
            replica.addListeners(listener);
            replica.fit(new ListDataSetIterator<>(Nets.batches(11, 8, worker + 1), 1));
            listener.finish();
            constraint.assertHolds(replica);
        });
        assertEquals(hashes.get(0), hashes.get(1));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /**
     * The oracle tracks the common parameters, which are unconstrained, by hand: the correction of each round counts
     * once, whether or not a worker's change was late.
     */
    @Test
    void shouldNotCarryTheCorrectionOfALateChange() throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        List<List<DataSet>> shares = List.of(Nets.batches(2, 8, 1), Nets.batches(2, 8, 2));
        InProcessJob job = new InProcessJob(2, (int) Nets.network(new Sgd(.1), 1).numParams(), Method.parse("none"));
        job.late(1, 0);
        InProcessJob.runAll(2, worker -> {
            replicas[worker] = Nets.constrained(new Sgd(.1), worker + 1, new NonNegativeConstraint());
            replicas[worker].addListeners(new ParameterAveraging(job.member(worker), 1));
            for (DataSet batch : shares.get(worker)) {
                replicas[worker].fit(batch);
            }
        });

        INDArray start = Nets.network(new Sgd(.1), 1).params().dup();
        INDArray allowed = nonNegative(start);
        INDArray late = step(allowed, shares.get(1).getFirst()).sub(allowed);
        INDArray common = step(allowed, shares.get(0).getFirst());
        allowed = nonNegative(common);
        INDArray first = step(allowed, shares.get(0).get(1));
        INDArray second = step(allowed, shares.get(1).get(1)).add(late);
        INDArray expected = nonNegative(first.add(second).mul(.5));
        assertTrue(nonNegative(start).distance2(start) > 1, "the constraint corrects what the job starts from");
        assertTrue(Nets.relativeDifference(replicas[0].params(), expected) < 1e-6);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /** Returns the parameters with negative weights set to 0 and biases unchanged. */
    private static INDArray nonNegative(INDArray parameters) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.setParams(parameters.dup());
        for (String name : List.of("0_W", "1_W")) {
            network.setParam(name, Transforms.max(network.getParam(name), 0, true));
        }
        return network.params().dup();
    }

    private static INDArray step(INDArray from, DataSet batch) {
        MultiLayerNetwork network = Nets.network(new Sgd(.1), 1);
        network.setParams(from.dup());
        network.fit(batch);
        return network.params().dup();
    }
}
