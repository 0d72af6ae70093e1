package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.eden4j.compressor.Method;
import org.eden4j.transport.Worker;
import org.eden4j.transport.job.JobAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Gradient sharing without compression, with real members over IPC, equals one network on the union of the batches: two
 * workers with 25 examples per step against one network with 50.
 */
class UnionTest {
    private static final int ITERATIONS = 60;
    /** Iterations per sequence, one per segment. */
    private static final int SEGMENTS = 3;
    private static final int HALF = 25;
    @RegisterExtension
    private static final IpcJobs JOBS = new IpcJobs();

    private enum Updater {
        SGD(new Sgd(.1)), NESTEROVS(new Nesterovs(.05, .9)), ADAM(new Adam(.01));

        private final IUpdater updater;

        Updater(IUpdater updater) {
            this.updater = updater;
        }

        IUpdater make() {
            return updater.clone();
        }
    }

    private enum Kind {
        LAYERS, GRAPH, RECURRENT, WRAPPED, RECURRENT_GRAPH;

        Model network(IUpdater updater, long seed) {
            return switch (this) {
                case LAYERS -> Nets.network(updater, seed);
                case GRAPH -> Nets.graph(updater, seed);
                case RECURRENT -> Nets.recurrent(updater, seed, false);
                case WRAPPED -> Nets.recurrent(updater, seed, true);
                case RECURRENT_GRAPH -> Nets.recurrentGraph(updater, seed);
            };
        }

        /** Returns the batches of one member for a number of iterations. */
        List<DataSet> share(int iterations, int examples, long seed) {
            return this == LAYERS || this == GRAPH ? Nets.batches(iterations, examples, seed)
                    : Nets.sequences(iterations / SEGMENTS, examples, seed);
        }
    }

    @ParameterizedTest
    @CsvSource({"LAYERS,ADAM,1e-4", "GRAPH,NESTEROVS,1e-6", "RECURRENT,ADAM,1e-4", "RECURRENT_GRAPH,SGD,1e-6"})
    void shouldEqualOneNetworkWithTheUnion(Kind kind, Updater updater, double bound) throws Exception {
        assertEqualsUnion(kind, updater, bound);
    }

    @Tag("thorough")
    @ParameterizedTest
    @CsvSource({"LAYERS,SGD,1e-6", "LAYERS,NESTEROVS,1e-6", "GRAPH,SGD,1e-6", "GRAPH,ADAM,1e-4", "RECURRENT,SGD,1e-6",
            "RECURRENT,NESTEROVS,1e-6", "RECURRENT_GRAPH,NESTEROVS,1e-6", "RECURRENT_GRAPH,ADAM,1e-4"})
    void shouldEqualOneNetworkWithTheUnionForEveryUpdater(Kind kind, Updater updater, double bound) throws Exception {
        assertEqualsUnion(kind, updater, bound);
    }

    private static void assertEqualsUnion(Kind kind, Updater updater, double bound) throws Exception {
        Model[] replicas = new Model[2];
        JOBS.run(2, "none", "none", options -> options.quorum(2), (index, job) -> {
            replicas[index] = kind.network(updater.make(), index + 5);
            try (EdenTraining _ = EdenTraining.builder(replicas[index])
                .job(job)
                .gradientSharing()
                .pauseAfter(IpcJobs.NEVER)
                .index(index)
                .join()) {
                for (DataSet data : kind.share(ITERATIONS, HALF, index + 1)) {
                    fit(replicas[index], data);
                }
            }
        });
        Model union = union(kind, updater.make(), ITERATIONS, HALF);
        assertEquals(ITERATIONS, new TrainedNetwork(union).iteration());
        double difference = Nets.relativeDifference(replicas[0].params(), union.params());
        assertTrue(difference < bound, "difference " + difference);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    private static Model union(Kind kind, IUpdater updater, int iterations, int examples) {
        Model union = kind.network(updater, 5);
        List<DataSet> first = kind.share(iterations, examples, 1);
        List<DataSet> second = kind.share(iterations, examples, 2);
        for (int i = 0; i < first.size(); i++) {
            fit(union, DataSet.merge(List.of(first.get(i), second.get(i))));
        }
        return union;
    }

    /**
     * With dropout and batch normalization, where the union of two batches differs from the sum of both. The oracle
     * computes the halves separately, with separate random numbers, adds them and updates.
     */
    @Tag("thorough")
    @ParameterizedTest
    @EnumSource
    void shouldEqualHalvesThatAreComputedApart(Updater updater) throws Exception {
        List<List<DataSet>> shares = List.of(Nets.batches(ITERATIONS, HALF, 1), Nets.batches(ITERATIONS, HALF, 2));
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[2];
        JOBS.run(2, "none", "none", options -> options.quorum(2), (index, job) -> {
            replicas[index] = Nets.withDropout(updater.make(), index + 5);
            try (EdenTraining _ = EdenTraining.builder(replicas[index])
                .job(job)
                .gradientSharing()
                .pauseAfter(IpcJobs.NEVER)
                .index(index)
                .join()) {
                Nd4j.getRandom().setSeed(index + 100);
                shares.get(index).forEach(replicas[index]::fit);
            }
        });
        MultiLayerNetwork oracle = Nets.withDropout(updater.make(), 5);
        Random random = Nd4j.getRandom();
        long[][] states = new long[2][];
        for (int worker = 0; worker < 2; worker++) {
            random.setSeed(worker + 100);
            states[worker] = new long[]{random.rootState(), random.nodeState()};
        }
        for (int step = 0; step < ITERATIONS; step++) {
            INDArray sum = Nd4j.zeros(oracle.params().shape());
            for (int worker = 0; worker < 2; worker++) {
                random.setStates(states[worker][0], states[worker][1]);
                gradient(oracle, shares.get(worker).get(step));
                sum.addi(oracle.getGradientsViewArray().reshape(sum.shape()));
                states[worker] = new long[]{random.rootState(), random.nodeState()};
            }
            update(oracle, sum);
        }
        double difference = Nets.relativeDifference(replicas[0].params(), oracle.params());
        assertTrue(difference < (updater == Updater.ADAM ? 1e-4 : 1e-6), "difference " + difference);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    private static void gradient(MultiLayerNetwork network, DataSet batch) {
        network.setInput(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.computeGradientAndScore();
    }

    /** Takes one step of a network's own updater with the sum of the gradients of two halves. */
    private static void update(MultiLayerNetwork network, INDArray sum) {
        SumRanges sums = SumRanges.of(new TrainedNetwork(network));
        for (int range = 0; range < sums.count(); range++) {
            if (!sums.summed(range)) { // running statistics are updates, of which there are two
                INDArrayIndex interval = NDArrayIndex.interval(sums.first(range), sums.end(range));
                sum.get(interval).muli(.5);
            }
        }
        network.getGradientsViewArray().assign(sum.reshape(network.getGradientsViewArray().shape()));
        network.getUpdater()
            .update(network, network.gradient(), network.getIterationCount(), 0, 2 * HALF,
                    LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(network.getGradientsViewArray().reshape(network.params().shape()));
        network.setIterationCount(network.getIterationCount() + 1);
    }

    /** The second member joins in its first step, whose gradient is computed again with the first member's parameters. */
    @ParameterizedTest
    @EnumSource
    void shouldEqualTheUnionWhereAMemberJoinsInItsFirstStep(Kind kind) throws Exception {
        int iterations = 9;
        Model[] replicas = new Model[2];
        JOBS.run(2, "none", "none", options -> options.quorum(2), (index, job) -> {
            Model replica = kind.network(new Sgd(.5), index + 5);
            replicas[index] = replica;
            try (Worker worker = worker(job, replica, index)) {
                EdenListener listener = EdenListener.gradientSharing(worker).pauseAfter(IpcJobs.NEVER);
                replica.addListeners(listener);
                for (DataSet data : kind.share(iterations, 4, index + 1)) {
                    fit(replica, data);
                }
                listener.finish();
            }
        });
        Model union = union(kind, new Sgd(.5), iterations, 4);
        INDArray start = kind.network(new Sgd(.5), 5).params();
        assertTrue(Nets.relativeDifference(union.params(), start) > .01, "the oracle learns");
        double difference = replicas[1].params().sub(union.params()).norm2Number().doubleValue()
                / union.params().sub(start).norm2Number().doubleValue();
        assertTrue(difference < 1e-5, "difference from the union, relative to what was learnt: " + difference);
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    private static Worker worker(JobAddress job, Model replica, int index) {
        return EdenListener.sharingWorker(job, Method.parse("none"), replica).index(index).join();
    }

    /** Changes some bits of one parameter. */
    static void flip(INDArray parameters, long parameter, int bits) {
        FlatArray flat = FlatArray.of("parameters", parameters);
        flat.set(parameter, Float.intBitsToFloat(Float.floatToRawIntBits(flat.get(parameter)) ^ bits));
    }

    private static void fit(Model network, DataSet data) {
        if (network instanceof MultiLayerNetwork layers) {
            layers.fit(data);
        } else {
            ((ComputationGraph) network).fit(data);
        }
    }
}
