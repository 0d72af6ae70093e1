package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Clusters that are refused before any task runs. */
class ClusterCheckTest {
    private static final Pictures PICTURES = Pictures.of(ImageModel.MLP, 2, 2, 1, 3);

    private static EdenSparkTrainer.Builder<MultiLayerNetwork> builder(JavaSparkContext sc) {
        return EdenSparkTrainer.builder(sc, PICTURES.configuration()).workers(2).averagingFrequency(2);
    }

    private static String refused(Executable check) {
        return assertThrows(IllegalStateException.class, check).getMessage();
    }

    @Test
    void shouldRefuseSpeculationBeforeAnyTaskRuns() {
        try (JavaSparkContext sc = new JavaSparkContext(
                Clusters.configuration("local[1]").set("spark.speculation", "true"))) {
            String message = refused(() -> builder(sc).build().fit(PICTURES.data(sc)));
            assertTrue(message.startsWith("spark.speculation is on: "), message);
            assertEquals(0, sc.statusTracker().getJobIdsForGroup(null).length);
        }
    }

    @Test
    void shouldNameTheFlagThatExecutorsLack() {
        SparkConf conf = Clusters.processConfiguration(1);
        ClusterCheck.members(conf, false);
        conf.remove("spark.executor.extraJavaOptions");
        ClusterCheck.members(conf, true);
        assertEquals("executors lack a flag of the JVM that the transport needs: add"
                + " --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED to spark.executor.extraJavaOptions",
                refused(() -> ClusterCheck.members(conf, false)));
    }

    @Test
    void shouldRefuseADriverThatANetworkReaches() {
        SparkConf conf = Clusters.processConfiguration(1);
        assertEquals("127.0.0.1", ClusterCheck.driverHost(conf, false, false));
        conf.set("spark.driver.host", "192.0.2.1");
        assertEquals("127.0.0.1", ClusterCheck.driverHost(conf, true, false));
        assertEquals("192.0.2.1", ClusterCheck.driverHost(conf, false, true));
        String message = refused(() -> ClusterCheck.driverHost(conf, false, false));
        assertTrue(message.contains("call insecure() where that network is trusted"), message);
    }

    @Test
    void shouldRefusePartitionsThatAreNoShares() {
        try (JavaSparkContext sc = Clusters.local(2)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> builder(sc).repartition(Repartition.NEVER)
                        .build()
                        .fit(sc.parallelize(PICTURES.batches(0), 3)))
                .getMessage();
            assertEquals("the data set has 3 partitions and there are 2 workers, each of which trains on one: call"
                    + " workers(3) or repartition(Repartition.IF_NEEDED)", message);
        }
    }

    @Test
    void shouldRefuseATrainerWithoutAWayToTrain() {
        try (JavaSparkContext sc = Clusters.local(1)) {
            assertEquals("no training mode was chosen: call averagingFrequency(STEPS) or gradientSharing()",
                    assertThrows(IllegalStateException.class,
                            () -> EdenSparkTrainer.builder(sc, PICTURES.configuration()).build())
                        .getMessage());
            assertEquals("workers must be at least 1, got 0",
                    assertThrows(IllegalArgumentException.class, () -> builder(sc).workers(0)).getMessage());
        }
    }

    @Test
    void shouldDealByIndex() {
        try (JavaSparkContext sc = Clusters.local(2)) {
            List<List<Double>> shares = Shares
                .of(sc.parallelize(List.of(0, 1, 2, 3, 4, 5, 6), 4).map(Numbers::of), 3, Repartition.IF_NEEDED)
                .map(Numbers::first)
                .glom()
                .collect();
            assertEquals(List.of(List.of(0., 3., 6.), List.of(1., 4.), List.of(2., 5.)), shares);
        }
    }
}
