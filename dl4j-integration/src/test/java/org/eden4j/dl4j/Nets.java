package org.eden4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks and generated data for the tests: 12 inputs, 3 classes. */
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

    static MultiLayerNetwork constrained(IUpdater updater, long seed, LayerConstraint... constraints) {
        MultiLayerNetwork network = new MultiLayerNetwork(
                base(updater, seed, DataType.FLOAT).constrainWeights(constraints)
                    .list()
                    .layer(dense())
                    .layer(output())
                    .setInputType(InputType.feedForward(INPUTS))
                    .build());
        network.init();
        return network;
    }

    /** Returns a network with dropout of its inputs and of the hidden layer's outputs, and batch normalization between them. */
    static MultiLayerNetwork withDropout(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(base(updater, seed, DataType.FLOAT).dropOut(.6)
            .list()
            .layer(dense())
            .layer(new BatchNormalization.Builder().dropOut(1).build())
            .layer(output())
            .setInputType(InputType.feedForward(INPUTS))
            .build());
        network.init();
        return network;
    }

    /** Returns a network of two recurrent layers, trained in segments of 4 steps; the first layer may be wrapped. */
    static MultiLayerNetwork recurrent(IUpdater updater, long seed, boolean wrapped) {
        MultiLayerNetwork network = new MultiLayerNetwork(base(updater, seed, DataType.FLOAT).list()
            .layer(wrapped ? new MaskZeroLayer(lstm(), -1) : lstm())
            .layer(new SimpleRnn.Builder().nOut(5).build())
            .layer(recurrentOutput())
            .backpropType(BackpropType.TruncatedBPTT)
            .tBPTTLength(4)
            .setInputType(InputType.recurrent(INPUTS))
            .build());
        network.init();
        return network;
    }

    static ComputationGraph recurrentGraph(IUpdater updater, long seed) {
        ComputationGraph graph = new ComputationGraph(base(updater, seed, DataType.FLOAT).graphBuilder()
            .addInputs("in")
            .addLayer("hidden", lstm(), "in")
            .addLayer("out", recurrentOutput(), "hidden")
            .setOutputs("out")
            .backpropType(BackpropType.TruncatedBPTT)
            .tBPTTLength(4)
            .setInputTypes(InputType.recurrent(INPUTS))
            .build());
        graph.init();
        return graph;
    }

    /**
     * Returns sequences of 12 steps whose classes depend on earlier steps; the last two steps of every second sequence
     * are masked.
     */
    static List<DataSet> sequences(int count, int examples, long seed) {
        int steps = 12;
        Random random = new Random(seed);
        List<DataSet> sequences = new ArrayList<>();
        for (int s = 0; s < count; s++) {
            INDArray features = Nd4j.create(examples, INPUTS, steps);
            INDArray labels = Nd4j.create(examples, CLASSES, steps);
            INDArray mask = Nd4j.ones(examples, steps);
            for (int i = 0; i < examples; i++) {
                double memory = 0;
                for (int t = 0; t < steps; t++) {
                    for (int j = 0; j < INPUTS; j++) {
                        features.putScalar(new int[]{i, j, t}, random.nextGaussian());
                    }
                    memory = .8 * memory + features.getDouble(i, 0, t);
                    labels.putScalar(new int[]{i, memory < -.5 ? 0 : memory < .5 ? 1 : 2, t}, 1);
                    mask.putScalar(i, t, i % 2 == 1 && t >= steps - 2 ? 0 : 1);
                }
            }
            sequences.add(new DataSet(features, labels, mask, mask.dup()));
        }
        return sequences;
    }

    /** Returns batches whose classes follow from their features by a rule that does not depend on the seed. */
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

    private static LSTM lstm() {
        return new LSTM.Builder().nIn(INPUTS).nOut(6).build();
    }

    private static RnnOutputLayer recurrentOutput() {
        return new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES).activation(Activation.SOFTMAX).build();
    }
}
