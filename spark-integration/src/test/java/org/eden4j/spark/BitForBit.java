package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.ParameterHash;

/** A training by Spark, compared with {@link EdenTraining} on the same shares and seeds. */
final class BitForBit {
    /** Slow machines lose no worker. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private BitForBit() {}

    /**
     * Trains twice, and fails unless parameters are equal.
     *
     * @param sharing gradient sharing, else averaging
     * @param every steps between exchanges of averaging
     * @return what Spark's training says
     */
    static FitReport check(JavaSparkContext sc, Pictures pictures, boolean sharing, int every) throws Exception {
        int epochs = pictures.plan().epochs();
        EdenSparkTrainer.Builder<MultiLayerNetwork> builder = EdenSparkTrainer.builder(sc, pictures.configuration())
            .workers(pictures.workers())
            .epochs(epochs)
            .seed(5)
            .deadline(LONG);
        EdenSparkTrainer<MultiLayerNetwork> trainer = (sharing ? builder.gradientSharing()
                : builder.averagingFrequency(every))
            .build();
        MultiLayerNetwork network = trainer.fit(pictures.data(sc));
        UnaryOperator<EdenTraining.Builder> terms = training -> sharing ? training.gradientSharing()
                : training.averagingFrequency(every);
        MultiLayerNetwork reference = Reference.train(pictures.configuration(), pictures.shares(), epochs,
                "eden:bits=4", 5, terms);
        FitReport report = trainer.report().orElseThrow();
        assertEquals(ParameterHash.of(reference), ParameterHash.of(network), report.toString());
        assertEquals(reference.getIterationCount(), network.getIterationCount());
        assertEquals(epochs, network.getEpochCount());
        assertTrue(report.replicasEqual(), report.toString());
        assertEquals(0, report.spark().retriedTasks(), report.toString());
        return report;
    }
}
