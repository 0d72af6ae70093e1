package org.eden4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks and made-up data for the tests: 12 inputs, 3 classes. */
final class Nets {
    static final int INPUTS = 12;
    static final int CLASSES = 3;

    private Nets() {}

    static MultiLayerNetwork network(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(base(updater, seed, DataType.FLOAT).list()
            .layer(dense())
            .layer(output())
            .setInputType(InputType.feedForward(INPUTS))
            .build());
        network.init();
        return network;
    }

    static MultiLayerNetwork ofDoubles(IUpdater updater) {
        MultiLayerNetwork network = new MultiLayerNetwork(base(updater, 1, DataType.DOUBLE).list()
            .layer(output())
            .setInputType(InputType.feedForward(INPUTS))
            .build());
        network.init();
        return network;
    }

    static MultiLayerNetwork withBatchNormalization(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(base(updater, seed, DataType.FLOAT).list()
            .layer(new BatchNormalization())
            .layer(dense())
            .layer(output())
            .setInputType(InputType.feedForward(INPUTS))
            .build());
        network.init();
        return network;
    }

    static ComputationGraph graph(IUpdater updater, long seed) {
        ComputationGraph graph = new ComputationGraph(base(updater, seed, DataType.FLOAT).graphBuilder()
            .addInputs("in")
            .addLayer("hidden", dense(), "in")
            .addLayer("out", output(), "hidden")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(INPUTS))
            .build());
        graph.init();
        return graph;
    }

    /** Batches whose classes can be told from their features, by a rule that the seed does not change. */
    static List<DataSet> batches(int count, int examples, long seed) {
        Random random = new Random(seed);
        List<DataSet> batches = new ArrayList<>();
        for (int b = 0; b < count; b++) {
            INDArray features = Nd4j.create(examples, INPUTS);
            INDArray labels = Nd4j.create(examples, CLASSES);
            for (int i = 0; i < examples; i++) {
                double score = 0;
                for (int j = 0; j < INPUTS; j++) {
                    double value = random.nextGaussian();
                    features.putScalar(i, j, value);
                    score += value * Math.cos(j);
                }
                labels.putScalar(i, score < -1 ? 0 : score < 1 ? 1 : 2, 1);
            }
            batches.add(new DataSet(features, labels));
        }
        return batches;
    }

    /** |a - b| / |b|. */
    static double relativeDifference(INDArray a, INDArray b) {
        return a.sub(b).norm2Number().doubleValue() / b.norm2Number().doubleValue();
    }

    private static NeuralNetConfiguration.Builder base(IUpdater updater, long seed, DataType type) {
        return new NeuralNetConfiguration.Builder().seed(seed).dataType(type).updater(updater);
    }

    private static DenseLayer dense() {
        return new DenseLayer.Builder().nOut(16).activation(Activation.TANH).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }
}
