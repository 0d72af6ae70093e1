package org.eden4j.simulator.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.eden4j.simulator.data.ImageSet;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks that classify grey 28 x 28 images into ten classes; input [n, 1, 28, 28], output softmax [n, 10]. */
public enum ImageModel {
    /** One hidden layer: 784-32-10, fully connected. */
    MLP(25_450, 1) {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder base) {
            return base.list().layer(new DenseLayer.Builder().nOut(32).activation(Activation.RELU).build());
        }
    },
    /** LeNet as in Caffe: convolution 5x5 to 20, pool, convolution 5x5 to 50, pool, dense 500. */
    LENET(431_080, 1) {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder base) {
            return base.list()
                .layer(convolution(20))
                .layer(pool())
                .layer(convolution(50))
                .layer(pool())
                .layer(new DenseLayer.Builder().nOut(500).activation(Activation.RELU).build());
        }
    },
    /**
     * 784-256-128-10 with batch normalization after the first layer, on pixels from 0 to 255: its running mean and
     * variance are thousands of times larger than its weights.
     */
    BATCHNORM(236_170, 255) {
        @Override
        NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder base) {
            return base.list()
                .layer(new DenseLayer.Builder().nOut(256).activation(Activation.IDENTITY).build())
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(new DenseLayer.Builder().nOut(128).activation(Activation.RELU).build());
        }
    };

    private static final int SIDE = 28;
    private static final int CLASSES = 10;

    private final int parameters;
    private final int white;

    ImageModel(int parameters, int white) {
        this.parameters = parameters;
        this.white = white;
    }

    /** Returns the layers between input and output. */
    abstract NeuralNetConfiguration.ListBuilder layers(NeuralNetConfiguration.Builder base);

    /** Returns the number of parameters, weights and biases. */
    public int parameters() {
        return parameters;
    }

    /** Returns the images as this network expects them: black is 0, white 1 or 255. */
    public ImageSet images(ImageSet images) {
        return images.withWhite(white);
    }

    /**
     * Creates a new network.
     *
     * @param updater the updater
     * @param seed seed of the initial weights; must not be 0, which ND4J's generator takes as "from the clock"
     */
    public MultiLayerNetwork create(IUpdater updater, long seed) {
        if (seed == 0) {
            throw new IllegalArgumentException("seed must not be 0, which ND4J replaces by the clock");
        }
        NeuralNetConfiguration.Builder base = new NeuralNetConfiguration.Builder().seed(seed)
            .weightInit(WeightInit.RELU)
            .updater(updater);
        OutputLayer output = new OutputLayer.Builder(LossFunction.MCXENT).nOut(CLASSES)
            .weightInit(WeightInit.XAVIER)
            .activation(Activation.SOFTMAX)
            .build();
        MultiLayerNetwork network = new MultiLayerNetwork(
                layers(base).layer(output).setInputType(InputType.convolutional(SIDE, SIDE, 1)).build());
        network.init();
        return network;
    }

    /** Returns the model with this name, in lower case as {@link #toString} returns it. */
    public static ImageModel parse(String name) {
        return Arrays.stream(values())
            .filter(model -> model.toString().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("unknown model '" + name + "', choose one of "
                    + Arrays.stream(values()).map(ImageModel::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static ConvolutionLayer convolution(int channels) {
        return new ConvolutionLayer.Builder(5, 5).nOut(channels).activation(Activation.RELU).build();
    }

    private static SubsamplingLayer pool() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build();
    }
}
