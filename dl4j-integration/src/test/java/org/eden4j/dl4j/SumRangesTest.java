package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

class SumRangesTest {
    @Test
    void shouldCoverNetworksWithLayersWithoutParameters() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1)
            .list()
            .layer(new ConvolutionLayer.Builder(3, 3).nOut(2).build())
            .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
            .layer(new BatchNormalization())
            .layer(new DropoutLayer(.5))
            .layer(new DenseLayer.Builder().nOut(3).build())
            .layer(new ActivationLayer(Activation.SOFTMAX))
            .layer(new LossLayer.Builder().build())
            .setInputType(InputType.convolutional(8, 8, 1))
            .build());
        network.init();
        // convolution 3 x 3 x 2 + 2, gamma and beta | mean and variance | dense 3 x 3 x 2 x 3 + 3
        assertEquals(List.of("0-24 sums", "24-28", "28-85 sums"), ranges(SumRanges.of(new TrainedNetwork(network))));
        assertEquals(85, network.numParams());
    }

    @Test
    void shouldCoverGraphsInTheOrderOfTheirParameters() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder().seed(1)
            .graphBuilder()
            .addInputs("left", "right")
            .addLayer("b", new DenseLayer.Builder().nOut(4).build(), "right")
            .addLayer("a", new DenseLayer.Builder().nOut(4).build(), "left")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
            .addLayer("normal", new BatchNormalization(), "sum")
            .addVertex("both", new MergeVertex(), "normal", "b")
            .addLayer("dense", new DenseLayer.Builder().nOut(2).build(), "both")
            .addLayer("loss", new LossLayer.Builder().activation(Activation.SOFTMAX).build(), "dense")
            .setOutputs("loss")
            .setInputTypes(InputType.feedForward(3), InputType.feedForward(5))
            .build());
        graph.init();
        // a 3 x 4 + 4 and b 5 x 4 + 4, gamma and beta | mean and variance | dense 8 x 2 + 2
        assertEquals(List.of("0-48 sums", "48-56", "56-74 sums"), ranges(SumRanges.of(new TrainedNetwork(graph))));
        assertEquals(74, graph.numParams());
    }

    private static List<String> ranges(SumRanges ranges) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < ranges.count(); i++) {
            texts.add(ranges.first(i) + "-" + ranges.end(i) + (ranges.summed(i) ? " sums" : ""));
        }
        return texts;
    }
}
