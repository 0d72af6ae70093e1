package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Executors are two processes of two slots each. */
class ClusterTrainingTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private static JavaSparkContext sc;

    @BeforeAll
    static void start() {
        sc = Clusters.processes(2);
    }

    @AfterAll
    static void stop() {
        sc.close();
    }

    @ParameterizedTest
    @CsvSource({"LENET,averaging", "BATCHNORM,sharing"})
    void shouldEndWithTheParametersOfEdenTrainingBitForBit(ImageModel model, String mode) throws Exception {
        Pictures pictures = Pictures.of(model, 4, 6, 2, 3);
        boolean sharing = mode.equals("sharing");
        EdenSparkTrainer.Builder<MultiLayerNetwork> builder = EdenSparkTrainer.builder(sc, pictures.configuration())
            .workers(4)
            .epochs(2)
            .seed(5)
            .deadline(LONG);
        EdenSparkTrainer<MultiLayerNetwork> trainer = (sharing ? builder.gradientSharing()
                : builder.averagingFrequency(4))
            .build();
        MultiLayerNetwork network = trainer.fit(pictures.data(sc));
        UnaryOperator<EdenTraining.Builder> terms = training -> sharing ? training.gradientSharing()
                : training.averagingFrequency(4);
        MultiLayerNetwork reference = Reference.train(pictures.configuration(), pictures.shares(), 2, "eden:bits=4", 5,
                terms);
        assertEquals(ParameterHash.of(reference), ParameterHash.of(network));
        assertTrue(trainer.report().orElseThrow().replicasEqual());
    }

    /** After an executor was killed, rounds continue; only its tasks run again, and they rejoin. */
    @Test
    void shouldTakeTheTasksOfAKilledExecutorBack() {
        Pictures pictures = Pictures.of(ImageModel.LENET, 4, 70, 4, 3);
        AtomicLong killedNs = new AtomicLong();
        Map<Long, Integer> contributors = new ConcurrentSkipListMap<>();
        AtomicLong backNs = new AtomicLong();
        EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
            .workers(4)
            .epochs(4)
            .averagingFrequency(2)
            .onRound(round -> {
                contributors.put(round.round(), round.contributors().size());
                if (round.round() == 20) {
                    killedNs.set(System.nanoTime());
                    Executors.killOne();
                }
                if (round.round() > 21 && round.contributors().size() == 4
                        && contributors.getOrDefault(round.round() - 1, 4) < 4) {
                    backNs.set(System.nanoTime());
                }
            })
            .build();
        MultiLayerNetwork network = trainer.fit(pictures.data(sc));
        FitReport report = trainer.report().orElseThrow();
        String what = report + ", contributors " + contributors;
        assertTrue(contributors.containsValue(2), "rounds went on with two: " + what);
        assertTrue(backNs.get() > 0, "all came back: " + what);
        // an executor starts in some seconds; on a machine with a dozen other processes it takes longer
        assertTrue(backNs.get() - killedNs.get() < LONG.toNanos(),
                "back after " + (backNs.get() - killedNs.get()) / 1e9 + " s");
        assertEquals(0, report.spark().stageRestarts(), what);
        assertEquals(2, report.spark().retriedTasks(), what);
        assertEquals(2, report.workerReports().stream().filter(worker -> worker.attempt() == 1).count(), what);
        assertTrue(report.replicasEqual(), what);
        assertEquals(4 * pictures.batches(0).size(), network.getIterationCount(), what);
        assertEquals(1, report.workerReports().stream().map(WorkerReport::hash).distinct().count(), what);
    }
}
