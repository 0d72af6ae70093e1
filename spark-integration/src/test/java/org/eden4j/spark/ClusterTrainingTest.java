package org.eden4j.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Executors are two processes of two slots each. */
class ClusterTrainingTest {
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
        BitForBit.check(sc, Pictures.of(model, 4, 6, 2, 3), mode.equals("sharing"), 4);
    }
}
