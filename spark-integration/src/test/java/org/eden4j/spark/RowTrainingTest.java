package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.ParameterHash;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

/** Tables in place of data sets. */
class RowTrainingTest {
    private static final int WORKERS = 2;
    private static final int BATCH = 16;
    /** Twice 100, of which the last batch of each worker has four. */
    private static final List<Points> POINTS = Points.some(WORKERS * 100);

    private static SparkSession session;
    private static JavaSparkContext sc;

    @BeforeAll
    static void start() {
        session = SparkSession.builder().config(Clusters.configuration("local[" + WORKERS + "]")).getOrCreate();
        sc = JavaSparkContext.fromSparkContext(session.sparkContext());
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** A row per point, with its numbers as an array and its class as a number or one-hot. */
    private static Dataset<Row> table(boolean oneHot) {
        DataType numbers = DataTypes.createArrayType(DataTypes.DoubleType);
        List<Row> rows = new ArrayList<>();
        for (Points point : POINTS) {
            rows.add(RowFactory.create("a column that is not used", boxed(point.numbers()),
                    oneHot ? boxed(point.oneHot()) : point.label()));
        }
        return session.createDataFrame(sc.parallelize(rows, WORKERS),
                new StructType().add("name", DataTypes.StringType)
                    .add("numbers", numbers)
                    .add("class", oneHot ? numbers : DataTypes.IntegerType));
    }

    private static Double[] boxed(double[] values) {
        return Arrays.stream(values).boxed().toArray(Double[]::new);
    }

    private static EdenSparkTrainer.Builder<MultiLayerNetwork> builder() {
        return EdenSparkTrainer.builder(sc, Points.layers()).workers(WORKERS).averagingFrequency(3).epochs(2).seed(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTrainAsOnTheSameBatches(boolean oneHot) {
        MultiLayerNetwork network = builder().batchSizePerWorker(BATCH)
            .build()
            .fit(table(oneHot), "numbers", "class");
        List<DataSet> batches = new ArrayList<>(Points.batches(POINTS.subList(0, 100), BATCH));
        batches.addAll(Points.batches(POINTS.subList(100, 200), BATCH));
        MultiLayerNetwork expected = builder().build().fit(sc.parallelize(batches, WORKERS));
        assertEquals(14, network.getIterationCount(), "two epochs of seven batches");
        assertEquals(ParameterHash.of(expected), ParameterHash.of(network));
    }

    private static DataSet batch(int outputs, Object features, Object label) {
        return new RowBatches(BATCH, outputs, "numbers", "class")
            .call(List.of(RowFactory.create(features, label)).iterator())
            .next();
    }

    private static String refused(int outputs, Object features, Object label) {
        return assertThrows(IllegalArgumentException.class, () -> batch(outputs, features, label)).getMessage();
    }

    @Test
    void shouldTakeANumberAsItIsWhereTheNetworkHasOneOutput() {
        assertArrayEquals(new float[]{2.5f}, batch(1, Vectors.dense(1, 2), 2.5).getLabels().toFloatVector());
        assertArrayEquals(new float[]{0, 0, 1}, batch(3, Vectors.dense(1, 2), 2L).getLabels().toFloatVector());
        assertArrayEquals(new float[]{0, 2, 0},
                batch(3, Vectors.sparse(3, new int[]{1}, new double[]{2}), 1).getFeatures().toFloatVector());
    }

    @Test
    void shouldNameTheColumnThatIsWrong() {
        for (Object label : new Object[]{3, -1, .5, Double.NaN}) {
            assertEquals("column 'class' has the value " + ((Number) label).doubleValue()
                    + ", the network's 3 outputs are classes 0 to 2", refused(3, Vectors.dense(1), label));
        }
        assertEquals("column 'numbers' has a value of type java.lang.String, expected a vector or an array of numbers",
                refused(3, "one", 1));
        assertEquals("column 'class' has a value of type null, expected a vector or an array of numbers",
                refused(3, Vectors.dense(1), null));
    }
}
