package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TestScore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.learning.config.Sgd;

/** An executor of two slots is killed in the middle of a training. */
class KilledExecutorTest {
    /** Slots are free: the lost tasks start at once. */
    private static final double BACK_SECONDS = 15;
    /** With two cores, which the survivors keep busy while a new executor starts, all were back after 16 to 26 s. */
    private static final double BACK_WITH_A_NEW_EXECUTOR_SECONDS = 60;
    private static final int WORKERS = 4;
    private static final int NEVER = -1;

    /**
     * A training.
     *
     * @param contributors of each round
     * @param awaySeconds from the kill until a round had all workers again
     */
    private record Run(MultiLayerNetwork network, FitReport report, Map<Long, Integer> contributors,
            double awaySeconds) {
        /**
         * Trains.
         *
         * @param killAfter the round after which an executor is killed, or {@link #NEVER}
         */
        static Run of(JavaSparkContext sc, Pictures pictures, int killAfter) {
            AtomicLong killedNs = new AtomicLong();
            AtomicLong backNs = new AtomicLong();
            Map<Long, Integer> contributors = new ConcurrentSkipListMap<>();
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(WORKERS)
                .epochs(pictures.plan().epochs())
                .averagingFrequency(2)
                .onRound(round -> {
                    contributors.put(round.round(), round.contributors().size());
                    if (round.round() == killAfter) {
                        killedNs.set(System.nanoTime());
                        Executors.killOne();
                    }
                    if (round.contributors().size() == WORKERS
                            && contributors.getOrDefault(round.round() - 1, WORKERS) < WORKERS) {
                        backNs.set(System.nanoTime());
                    }
                })
                .build();
            MultiLayerNetwork network = trainer.fit(pictures.data(sc));
            return new Run(network, trainer.report().orElseThrow(), contributors,
                    (backNs.get() - killedNs.get()) / 1e9);
        }

        /** Fails unless rounds went on, lost tasks alone ran again, and their workers ended as the others did. */
        void check(Pictures pictures, double backSeconds) {
            long lost = report.spark().retriedTasks();
            assertTrue(lost == 1 || lost == 2, toString());
            assertTrue(contributors.containsValue(WORKERS - (int) lost), "rounds went on without the lost: " + this);
            assertTrue(awaySeconds > 0 && awaySeconds < backSeconds, "back after " + awaySeconds + " s: " + this);
            assertEquals(0, report.spark().stageRestarts(), toString());
            List<WorkerReport> workers = report.workerReports();
            assertEquals(lost, workers.stream().filter(worker -> worker.attempt() == 1).count(), toString());
            assertEquals(1, workers.stream().map(WorkerReport::hash).distinct().count(), toString());
            assertTrue(report.replicasEqual(), toString());
            assertEquals(pictures.plan().epochs() * pictures.batches(0).size(), network.getIterationCount(),
                    toString());
        }

        double accuracy() throws IOException {
            return TestScore.of(network, ImageModel.LENET.images(FashionMnist.embedded().test())).accuracy();
        }
    }

    /** The accuracy is that on 2000 images. */
    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    @Tag("thorough")
    void shouldTakeTheTasksOfAKilledExecutorBackAndLearnAsMuch(long seed) throws IOException {
        Pictures pictures = Pictures.of(ImageModel.LENET, WORKERS, 70, 2, seed);
        try (JavaSparkContext sc = Clusters.processes(3)) {
            Run killed = Run.of(sc, pictures, 20);
            double undisturbed = Run.of(sc, pictures, NEVER).accuracy();
            double accuracy = killed.accuracy();
            String all = String.format(
                    "seed %d: accuracy %.4f without a kill, %.4f with one, %d lost, all back after %.1f s%n", seed,
                    undisturbed, accuracy, killed.report().spark().retriedTasks(), killed.awaySeconds());
            System.out.print(all);
            killed.check(pictures, BACK_SECONDS);
            assertTrue(accuracy >= undisturbed - .01, all);
        }
    }

    /** Rounds go on for longer than an executor needs to start. */
    @Test
    @Tag("thorough")
    void shouldWaitForANewExecutorWhereNoSlotIsFree() {
        Pictures pictures = Pictures.of(ImageModel.LENET, WORKERS, 70, 3, 4);
        try (JavaSparkContext sc = Clusters.processes(2)) {
            Run killed = Run.of(sc, pictures, 20);
            System.out.printf("no slot free: all back after %.1f s%n", killed.awaySeconds());
            killed.check(pictures, BACK_WITH_A_NEW_EXECUTOR_SECONDS);
            assertEquals(2, killed.report().spark().retriedTasks(), killed.toString());
        }
    }

    /** With a stage per round the lost worker's update is made again; plain SGD needs no updater's state of the lost executor. */
    @Test
    void shouldCountALostWorkerOnceWithoutANetworkOfOurOwn() {
        long[] hashes = new long[2];
        try (JavaSparkContext sc = Clusters.processes(2)) {
            for (int i = 0; i < 2; i++) {
                boolean kill = i == 1;
                MultiLayerConfiguration configuration = Points.layers(new Sgd(.1));
                EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, configuration)
                    .workers(WORKERS)
                    .exchange(Exchange.SPARK)
                    .averagingFrequency(2)
                    .epochs(2)
                    .onRound(round -> {
                        assertEquals(List.of(0, 1, 2, 3), round.contributors());
                        if (kill && round.round() == 3) {
                            Executors.killOne();
                        }
                    })
                    .build();
                hashes[i] = ParameterHash
                    .of(trainer.fit(sc.parallelize(Points.batches(Points.some(800), 20), WORKERS)));
                assertEquals(10, trainer.report().orElseThrow().rounds());
            }
        }
        assertEquals(hashes[0], hashes[1]);
    }
}
