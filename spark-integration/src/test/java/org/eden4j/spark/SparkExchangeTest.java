package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.Test;

/** Workers that meet by Spark alone. */
class SparkExchangeTest {
    private static EdenSparkTrainer.Builder<MultiLayerNetwork> builder(JavaSparkContext sc, Pictures pictures,
            String method) {
        return EdenSparkTrainer.builder(sc, pictures.configuration())
            .workers(pictures.workers())
            .exchange(Exchange.SPARK)
            .averagingFrequency(2)
            .method(method)
            .downlink(method);
    }

    /** More workers than slots; both trees and both numbers of slots give the same bits. */
    @Test
    void shouldDependOnSharesAloneAndNotOnSlotsOrTheTree() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 6, 4, 2, 3);
        List<Long> hashes = new ArrayList<>();
        for (int slots = 1; slots <= 2; slots++) {
            try (JavaSparkContext sc = Clusters.local(slots)) {
                EdenSparkTrainer<MultiLayerNetwork> trainer = builder(sc, pictures, "eden:bits=4").epochs(2)
                    .aggregationDepth(slots)
                    .build();
                MultiLayerNetwork network = trainer.fit(pictures.data(sc));
                hashes.add(ParameterHash.of(network));
                assertEquals(8, network.getIterationCount());
                assertEquals(2, network.getEpochCount());
                assertEquals(4, trainer.report().orElseThrow().rounds());
            }
        }
        assertEquals(hashes.getFirst(), hashes.getLast());
    }

    /** Raw both ways: what plain averaging in this thread gives, up to the rounding of sums. */
    @Test
    void shouldAverageParameters() throws Exception {
        Pictures pictures = Pictures.of(ImageModel.BATCHNORM, 2, 4, 1, 3);
        try (JavaSparkContext sc = Clusters.local(2)) {
            MultiLayerNetwork network = builder(sc, pictures, "none").build().fit(pictures.data(sc));
            MultiLayerNetwork reference = Reference.train(pictures.configuration(), pictures.shares(), 1, "none", 1,
                    training -> training.averagingFrequency(2));
            double difference = network.params().sub(reference.params()).norm2Number().doubleValue()
                    / reference.params().norm2Number().doubleValue();
            assertTrue(difference < 1e-5, "relative difference " + difference);
        }
    }

    /** As Spark counts them, on executors that are processes: results and shuffles up, broadcasts down. */
    @Test
    void shouldMoveASixthOfTheBytes() {
        Pictures pictures = Pictures.of(ImageModel.LENET, 6, 4, 1, 3);
        try (JavaSparkContext sc = Clusters.processes(1)) {
            for (int depth = 1; depth <= 2; depth++) {
                SparkCounts none = counts(sc, pictures, "none", depth);
                SparkCounts four = counts(sc, pictures, "eden:bits=4", depth);
                String both = "depth " + depth + ": " + none + ", " + four;
                assertTrue(6 * four.resultBytes() <= none.resultBytes(), both);
                assertTrue(6 * four.shuffleBytes() <= none.shuffleBytes(), both);
                assertTrue(6 * four.broadcastBytes() <= none.broadcastBytes(), both);
                assertEquals(depth == 2, none.shuffleBytes() > 0, both);
            }
        }
    }

    /** The counts of two rounds: executors fetch the mean of the first for the second. */
    private static SparkCounts counts(JavaSparkContext sc, Pictures pictures, String method, int depth) {
        EdenSparkTrainer<MultiLayerNetwork> trainer = builder(sc, pictures, method).aggregationDepth(depth)
            .build();
        trainer.fit(pictures.data(sc));
        return trainer.report().orElseThrow().spark();
    }

    /** Each first attempt fails behind the last element of its share, and Spark runs it again. */
    @Test
    void shouldCountARetriedTaskOnce() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 4, 1, 3);
        long undisturbed;
        try (JavaSparkContext sc = Clusters.local(2)) {
            undisturbed = ParameterHash.of(builder(sc, pictures, "eden:bits=4").build().fit(pictures.data(sc)));
        }
        SparkConf retrying = Clusters.configuration("local[2,3]");
        try (JavaSparkContext sc = new JavaSparkContext(retrying)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = builder(sc, pictures, "eden:bits=4").build();
            MultiLayerNetwork network = trainer.fit(pictures.data(sc).mapPartitions(new FailFirst<>()));
            SparkCounts counts = trainer.report().orElseThrow().spark();
            assertTrue(counts.retriedTasks() >= 2, counts.toString());
            assertEquals(undisturbed, ParameterHash.of(network));
        }
    }

    @Test
    void shouldRefuseWaysToTrainThatItDoesNotHave() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 4, 1, 3);
        try (JavaSparkContext sc = Clusters.local(1)) {
            assertEquals("exchange(Exchange.SPARK) averages parameters alone: leave out gradientSharing(), or call"
                    + " exchange(Exchange.JOB)",
                    assertThrows(IllegalStateException.class,
                            () -> builder(sc, pictures, "drive").gradientSharing().build())
                        .getMessage());
        }
    }
}
