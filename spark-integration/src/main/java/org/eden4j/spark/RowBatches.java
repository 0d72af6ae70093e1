package org.eden4j.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Puts the rows of a table together to batches: features [examples, n], labels [examples, outputs], where a class number becomes
 * one-hot.
 *
 * @param batchSize rows of a batch; the last one of a partition has what is left
 * @param outputs of the network
 * @param featureColumn what errors call the features
 * @param labelColumn what errors call the labels
 */
record RowBatches(int batchSize, int outputs, String featureColumn,
        String labelColumn) implements FlatMapFunction<Iterator<Row>, DataSet> {
    /** Rows of a batch where the caller does not say. */
    private static final int BATCH = 32;

    /** The batches of a table. */
    static JavaRDD<DataSet> of(Dataset<Row> rows, String featureColumn, String labelColumn, NetworkPlan plan,
            int batchSize) {
        RowBatches batches = new RowBatches(batchSize == 0 ? BATCH : batchSize, outputs(plan), featureColumn,
                labelColumn);
        return rows.select(featureColumn, labelColumn).toJavaRDD().mapPartitions(batches);
    }

    private static int outputs(NetworkPlan plan) {
        Layer last = switch (plan.configuration()) {
            case MultiLayerConfiguration layers -> layers.getConfs().getLast().getLayer();
            case ComputationGraphConfiguration graph -> graph.getVertices()
                .get(graph.getNetworkOutputs().getFirst()) instanceof LayerVertex vertex
                        ? vertex.getLayerConf().getLayer() : null;
            default -> null;
        };
        if (last instanceof FeedForwardLayer layer) {
            return Math.toIntExact(layer.getNOut());
        }
        throw new IllegalArgumentException("rows have a label each, and the network's last layer does not say how many"
                + " outputs it has: train it by fit(JavaRDD<DataSet>)");
    }

    @Override
    public Iterator<DataSet> call(Iterator<Row> rows) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public DataSet next() {
                List<float[]> features = new ArrayList<>();
                List<float[]> labels = new ArrayList<>();
                while (rows.hasNext() && features.size() < batchSize) {
                    Row row = rows.next();
                    features.add(numbers(row.get(0), featureColumn));
                    labels.add(label(row.get(1)));
                }
                return new DataSet(Nd4j.create(features.toArray(float[][]::new)),
                        Nd4j.create(labels.toArray(float[][]::new)));
            }
        };
    }

    private float[] label(Object value) {
        if (!(value instanceof Number number)) {
            return numbers(value, labelColumn);
        }
        if (outputs == 1) {
            return new float[]{number.floatValue()};
        }
        double label = number.doubleValue();
        if (!(label >= 0 && label < outputs && label == (int) label)) {
            throw new IllegalArgumentException("column '" + labelColumn + "' has the value " + label
                    + ", the network's " + outputs + " outputs are classes 0 to " + (outputs - 1));
        }
        float[] oneHot = new float[outputs];
        oneHot[(int) label] = 1;
        return oneHot;
    }

    private static float[] numbers(Object value, String column) {
        double[] numbers = switch (value) {
            case Vector vector -> vector.toArray();
            case scala.collection.Iterable<?> sequence -> CollectionConverters.asJavaCollection(sequence)
                .stream()
                .mapToDouble(number -> ((Number) number).doubleValue())
                .toArray();
            case Number number -> new double[]{number.doubleValue()};
            case null, default -> throw new IllegalArgumentException("column '" + column + "' has a value of type "
                    + (value == null ? "null" : value.getClass().getName())
                    + ", expected a vector or an array of numbers");
        };
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }
}
