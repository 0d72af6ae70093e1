package org.eden4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A point of a small problem: its class is the index of the largest of its first numbers.
 *
 * @param numbers float32 values, so that tables of doubles and batches hold the same
 */
record Points(double[] numbers) {
    static final int NUMBERS = 12;
    static final int CLASSES = 3;

    /** Points from a fixed seed. */
    static List<Points> some(int count) {
        Random random = new Random(7);
        List<Points> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double[] numbers = new double[NUMBERS];
            for (int j = 0; j < NUMBERS; j++) {
                numbers[j] = (float) random.nextGaussian();
            }
            points.add(new Points(numbers));
        }
        return points;
    }

    int label() {
        int largest = 0;
        for (int i = 1; i < CLASSES; i++) {
            largest = numbers[i] > numbers[largest] ? i : largest;
        }
        return largest;
    }

    double[] oneHot() {
        double[] oneHot = new double[CLASSES];
        oneHot[label()] = 1;
        return oneHot;
    }

    /** Batches of consecutive points; the last one has the rest. */
    static List<DataSet> batches(List<Points> points, int size) {
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from < points.size(); from += size) {
            List<Points> batch = points.subList(from, Math.min(points.size(), from + size));
            float[][] features = new float[batch.size()][NUMBERS];
            float[][] labels = new float[batch.size()][CLASSES];
            for (int i = 0; i < batch.size(); i++) {
                for (int j = 0; j < NUMBERS; j++) {
                    features[i][j] = (float) batch.get(i).numbers()[j];
                }
                labels[i][batch.get(i).label()] = 1;
            }
            batches.add(new DataSet(Nd4j.create(features), Nd4j.create(labels)));
        }
        return batches;
    }

    private static DenseLayer dense(int inputs) {
        return new DenseLayer.Builder().nIn(inputs).nOut(64).activation(Activation.TANH).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nIn(64)
            .nOut(CLASSES)
            .activation(Activation.SOFTMAX)
            .build();
    }

    static MultiLayerConfiguration layers() {
        return layers(new Adam(.01));
    }

    static MultiLayerConfiguration layers(IUpdater updater) {
        return new NeuralNetConfiguration.Builder().seed(5)
            .updater(updater)
            .list()
            .layer(dense(NUMBERS))
            .layer(output())
            .build();
    }

    /** Two branches that are added up. */
    static ComputationGraphConfiguration graph() {
        return new NeuralNetConfiguration.Builder().seed(5)
            .updater(new Adam(.01))
            .graphBuilder()
            .addInputs("numbers")
            .addLayer("one", dense(NUMBERS), "numbers")
            .addLayer("two", dense(64), "one")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "one", "two")
            .addLayer("classes", output(), "sum")
            .setOutputs("classes")
            .build();
    }
}
