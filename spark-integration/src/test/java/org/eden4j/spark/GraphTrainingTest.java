package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.eden4j.dl4j.ParameterHash;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

/** A {@code ComputationGraph}, and the score of a network on the cluster. */
class GraphTrainingTest {
    private static final int WORKERS = 3;
    private static final List<List<DataSet>> SHARES = shares();

    private static JavaSparkContext sc;

    private static List<List<DataSet>> shares() {
        List<Points> points = Points.some(WORKERS * 200);
        return IntStream.range(0, WORKERS)
            .mapToObj(worker -> Points.batches(points.subList(200 * worker, 200 * (worker + 1)), 20))
            .toList();
    }

    @BeforeAll
    static void start() {
        sc = Clusters.local(WORKERS);
    }

    @AfterAll
    static void stop() {
        sc.close();
    }

    private static JavaRDD<DataSet> data() {
        return sc.parallelize(SHARES.stream().flatMap(List::stream).toList(), WORKERS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndWithTheParametersOfEdenTrainingBitForBit(boolean sharing) throws Exception {
        EdenSparkTrainer.Builder<ComputationGraph> builder = EdenSparkTrainer.builder(sc, Points.graph())
            .workers(WORKERS)
            .epochs(2)
            .seed(5)
            .deadline(Duration.ofMinutes(2));
        ComputationGraph graph = (sharing ? builder.gradientSharing() : builder.averagingFrequency(4)).build()
            .fit(data());
        ComputationGraph reference = Reference.train(() -> {
            ComputationGraph network = new ComputationGraph(Points.graph());
            network.init();
            return network;
        }, SHARES, 2, "eden:bits=4", 5,
                training -> sharing ? training.gradientSharing() : training.averagingFrequency(4));
        assertEquals(20, graph.getIterationCount());
        assertEquals(2, graph.getEpochCount());
        assertEquals(ParameterHash.of(reference), ParameterHash.of(graph));
    }

    @Test
    void shouldScoreTheNetworkAsItIsNow() {
        EdenSparkTrainer<ComputationGraph> trainer = EdenSparkTrainer.builder(sc, Points.graph())
            .workers(WORKERS)
            .exchange(Exchange.SPARK)
            .averagingFrequency(10)
            .epochs(3)
            .build();
        double before = trainer.evaluate(data()).accuracy();
        ComputationGraph graph = trainer.fit(data());
        double after = trainer.evaluate(data()).accuracy();
        long right = 0;
        for (DataSet batch : SHARES.stream().flatMap(List::stream).toList()) {
            int[] classes = graph.outputSingle(false, batch.getFeatures()).argMax(1).toIntVector();
            int[] labels = batch.getLabels().argMax(1).toIntVector();
            right += IntStream.range(0, classes.length).filter(i -> classes[i] == labels[i]).count();
        }
        assertEquals(right / (200. * WORKERS), after, 1e-9);
        assertTrue(after > .8 && after > before, before + " before, " + after + " after");
        assertEquals("the data set to score on is empty",
                assertThrows(IllegalArgumentException.class, () -> trainer.evaluate(sc.emptyRDD())).getMessage());
    }
}
