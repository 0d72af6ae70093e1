package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashSet;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** Layouts of real networks, in the order of DL4J's parameters. */
class LayerRulesTest {
    private static final Method EDEN = Method.parse("eden:bits=4");

    @Test
    void shouldGiveEachParameterAPart() {
        MultiLayerNetwork network = new MultiLayerNetwork(list().layer(new DenseLayer.Builder().nOut(256).build())
            .layer(new BatchNormalization())
            .layer(new DenseLayer.Builder().nOut(128).build())
            .layer(output())
            .setInputType(InputType.feedForward(784))
            .build());
        assertLayout(network, """
                200704 eden:bits=4 0_W
                256 none 0_b
                256 none 1_gamma
                256 none 1_beta
                256 none 1_mean
                256 none 1_log10stdev
                32768 eden:bits=4 2_W
                128 none 2_b
                1280 eden:bits=4 3_W
                10 none 3_b
                """);
    }

    @Test
    void shouldLeaveNormalisationRawHoweverLarge() {
        MultiLayerNetwork network = new MultiLayerNetwork(list().layer(new DenseLayer.Builder().nOut(2048).build())
            .layer(new BatchNormalization.Builder().useLogStd(false).build())
            .layer(new BatchNormalization.Builder().lockGammaBeta(true).build())
            .layer(new DenseLayer.Builder().nOut(1500).hasLayerNorm(true).build())
            .layer(output())
            .setInputType(InputType.feedForward(4))
            .build());
        assertLayout(network, """
                8192 eden:bits=4 0_W
                2048 eden:bits=4 0_b
                2048 none 1_gamma
                2048 none 1_beta
                2048 none 1_mean
                2048 none 1_var
                2048 none 2_mean
                2048 none 2_log10stdev
                3072000 eden:bits=4 3_W
                1500 eden:bits=4 3_b
                1500 none 3_g
                15000 eden:bits=4 4_W
                10 none 4_b
                """);
    }

    /** DL4J puts the bias of a convolution in front of its weights. */
    @Test
    void shouldFollowTheOrderOfParametersInConvolutions() {
        MultiLayerNetwork network = new MultiLayerNetwork(
                list().layer(new ConvolutionLayer.Builder(5, 5).nOut(20).build())
                    .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
                    .layer(new ConvolutionLayer.Builder(5, 5).nOut(50).build())
                    .layer(new PReLULayer.Builder().inputShape(50, 8, 8).build())
                    .layer(output())
                    .setInputType(InputType.convolutional(28, 28, 1))
                    .build());
        assertLayout(network, """
                20 none 0_b
                500 none 0_W
                50 none 2_b
                25000 eden:bits=4 2_W
                3200 eden:bits=4 3_W
                32000 eden:bits=4 4_W
                10 none 4_b
                """);
    }

    @Test
    void shouldKnowTheKindsOfRecurrentParameters() {
        MultiLayerNetwork network = new MultiLayerNetwork(list().layer(new LSTM.Builder().nOut(32).build())
            .layer(new Bidirectional(new LSTM.Builder().nOut(16).build()))
            .layer(new LastTimeStep(new SimpleRnn.Builder().nOut(1200).hasLayerNorm(true).build()))
            .layer(output())
            .setInputType(InputType.recurrent(40))
            .build());
        assertLayout(LayerRules.parse("bias=float16;weights=drive"), network, """
                5120 drive 0_W
                4096 drive 0_RW
                128 float16 0_b
                2048 drive 1_fW
                1024 drive 1_fRW
                64 float16 1_fb
                2048 drive 1_bW
                1024 drive 1_bRW
                64 float16 1_bb
                38400 drive 2_W
                1440000 drive 2_RW
                1200 float16 2_b
                2400 none 2_g
                12000 drive 3_W
                10 float16 3_b
                """);
    }

    @Test
    void shouldLeaveOutFrozenLayersOfTransferLearning() {
        MultiLayerNetwork network = new MultiLayerNetwork(list().layer(new DenseLayer.Builder().nOut(64).build())
            .layer(new BatchNormalization())
            .layer(new DenseLayer.Builder().nOut(64).build())
            .layer(output())
            .setInputType(InputType.feedForward(30))
            .build());
        network.init();
        MultiLayerNetwork tuned = new TransferLearning.Builder(network)
            .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(new Sgd(.1)).build())
            .setFeatureExtractor(1)
            .build();
        String frozen = """
                1920 absent 0_W
                64 absent 0_b
                64 absent 1_gamma
                64 absent 1_beta
                64 absent 1_mean
                64 absent 1_log10stdev
                4096 eden:bits=4 2_W
                64 none 2_b
                640 none 3_W
                10 none 3_b
                """;
        assertLayout(tuned, frozen);
        assertLayout(LayerRules.parse("*=drive;statistics=drive"), tuned, frozen.replace("eden:bits=4", "drive")
            .replace("64 none 2_b", "64 none 2_b")
            .replace("640 none", "640 drive"));
        UpdateLayout layout = LayerRules.standard().layout(tuned, EDEN);
        assertEquals(2240, layout.coordinates(Kind.ABSENT));
        assertEquals(
                "part 1 is '0_W', coordinates 0 to 1919, absent, and '0_W', coordinates 0 to 1919, eden:bits=4 in the"
                        + " other layout",
                layout.difference(LayerRules.standard().layout(network, EDEN)).orElseThrow());
    }

    @Test
    void shouldLeaveOutFrozenVerticesOfGraphs() {
        ComputationGraph graph = new ComputationGraph(base().graphBuilder()
            .addInputs("in")
            .addLayer("features", new DenseLayer.Builder().nOut(64).build(), "in")
            .addLayer("normal", new BatchNormalization(), "features")
            .addLayer("out", output(), "normal")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(30))
            .build());
        graph.init();
        String layout = """
                1920 eden:bits=4 features_W
                64 none features_b
                64 none normal_gamma
                64 none normal_beta
                64 none normal_mean
                64 none normal_log10stdev
                640 none out_W
                10 none out_b
                """;
        assertLayout(graph, layout);
        ComputationGraph tuned = new TransferLearning.GraphBuilder(graph)
            .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(new Sgd(.1)).build())
            .setFeatureExtractor("features")
            .build();
        assertLayout(tuned, layout.replace("eden:bits=4 features", "absent features")
            .replace("none features", "absent features"));
        assertLayout(LayerRules.parse("out=drive"), graph, layout.replace("640 none", "640 drive"));
    }

    @Test
    void shouldLeaveOutLayersThatAreFrozenWithBackpropagation() {
        MultiLayerNetwork network = new MultiLayerNetwork(list()
            .layer(new EmbeddingLayer.Builder().nIn(5000).nOut(16).hasBias(true).build())
            .layer(new FrozenLayerWithBackprop(new DenseLayer.Builder().nIn(16).nOut(100).build()))
            .layer(new OutputLayer.Builder().nIn(100).nOut(10).activation(Activation.SOFTMAX).build())
            .build());
        assertLayout(network, """
                80000 eden:bits=4 0_W
                16 none 0_b
                1600 absent 1_W
                100 absent 1_b
                1000 none 2_W
                10 none 2_b
                """);
    }

    /** DL4J applies gradients unchanged under the updater NoOp: such parameters train, and centres only in this way. */
    @Test
    void shouldSendWhatNoOpUpdates() {
        MultiLayerNetwork network = new MultiLayerNetwork(
                new NeuralNetConfiguration.Builder().seed(1)
                    .updater(new NoOp())
                    .list()
                    .layer(new DenseLayer.Builder().nOut(100).build())
                    .layer(new CenterLossOutputLayer.Builder().nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                    .setInputType(InputType.feedForward(Nets.INPUTS))
                    .build());
        assertLayout(network, """
                1200 eden:bits=4 0_W
                100 none 0_b
                300 none 1_W
                3 none 1_b
                300 none 1_cL
                """);
        INDArray before = network.params().dup();
        network.fit(Nets.batches(1, 8, 1).getFirst());
        for (var parameter : network.paramTable().entrySet()) {
            long first = parameter.getValue().offset();
            boolean moved = false;
            for (long i = first; i < first + parameter.getValue().length(); i++) {
                moved |= network.params().getFloat(i) != before.getFloat(i);
            }
            assertTrue(moved, parameter.getKey());
        }
    }

    /** The visible bias of an autoencoder has no gradient in fit(). */
    @Test
    void shouldLeaveOutWhatOnlyPretrainingUses() {
        MultiLayerNetwork network = new MultiLayerNetwork(list().layer(new AutoEncoder.Builder().nOut(50).build())
            .layer(output())
            .setInputType(InputType.feedForward(40))
            .build());
        assertLayout(network, """
                2000 eden:bits=4 0_W
                50 none 0_b
                40 absent 0_vb
                500 none 1_W
                10 none 1_b
                """);
    }

    @Test
    void shouldLetTheLastRuleThatMatchesDecide() {
        MultiLayerNetwork network = new MultiLayerNetwork(
                list().layer(new DenseLayer.Builder().name("first").nOut(500).build())
                    .layer(new BatchNormalization())
                    .layer(new DenseLayer.Builder().name("second").nOut(300).build())
                    .layer(output())
                    .setInputType(InputType.feedForward(20))
                    .build());
        String standard = """
                10000 eden:bits=4 0_W
                500 none 0_b
                500 none 1_gamma
                500 none 1_beta
                500 none 1_mean
                500 none 1_log10stdev
                150000 eden:bits=4 2_W
                300 none 2_b
                3000 eden:bits=4 3_W
                10 none 3_b
                """;
        assertLayout(LayerRules.parse("first=drive"), network,
                standard.replace("eden:bits=4 0", "drive 0").replace("none 0", "drive 0"));
        assertLayout(LayerRules.parse("f*=drive;bias=none"), network, standard.replace("eden:bits=4 0", "drive 0"));
        assertLayout(LayerRules.parse("layer?/weights=eden:bits=8,rounds=3;seco??=float16;second/bias=job"), network,
                standard.replace("eden:bits=4 3", "eden:bits=8,rounds=3 3")
                    .replace("eden:bits=4 2", "float16 2")
                    .replace("none 2", "eden:bits=4 2"));
        assertLayout(LayerRules.parse("*>9999=drive;*>3000<10001=float16"), network,
                standard.replace("eden:bits=4 0", "float16 0").replace("eden:bits=4 2", "drive 2"));
        assertLayout(LayerRules.parse("gamma=job"), network, standard.replace("none 1_g", "eden:bits=4 1_g"));
        assertLayout(LayerRules.parse("statistics=drive;other=drive"), network, standard);
        // blocked methods need 128 coordinates: shorter parts travel raw
        assertLayout(LayerRules.parse("bias=drive"), network,
                standard.replace("none 0_b", "drive 0_b").replace("none 2_b", "drive 2_b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"layer*=drive;bias=none", "lstm?/weights>1024<99999=eden:bits=2,scale=biased",
            "*=job", "*<128=float16", "gamma=job;beta=none", "conv 1/other=topk:fraction=0.05", "''"})
    void shouldReadWhatItWrites(String text) {
        LayerRules rules = LayerRules.parse(text);
        assertEquals(text, rules.toString());
        assertEquals(rules, LayerRules.parse(rules.toString()));
        assertEquals(rules.hashCode(), LayerRules.parse(rules.toString()).hashCode());
        assertNotEquals(rules, LayerRules.parse(text + ";a=none"));
    }

    @Test
    void shouldReadRulesWithBlanksAndLongForms() {
        assertEquals(LayerRules.parse("layer*=drive;bias=none"),
                LayerRules.parse(" layer* = drive ; */bias = none ; "));
        assertEquals(LayerRules.standard(), LayerRules.parse(""));
        assertEquals("", LayerRules.standard().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bias", "=drive", "/bias=drive", "a/b/c=drive", "a<x=drive", "a<1>2=drive",
            "a<9999999999=drive"})
    void shouldRefuseWhatIsNoRule(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> LayerRules.parse("*=job;" + text))
            .getMessage();
        assertTrue(message.startsWith("rule '" + text + "': "), message);
    }

    @Test
    void shouldSayWhatARuleMayName() {
        assertEquals("rule 'a/biases=drive': 'biases' is not one of weights, bias, gamma, beta, statistics, other",
                assertThrows(IllegalArgumentException.class, () -> LayerRules.parse("a/biases=drive")).getMessage());
        assertEquals(
                "rule 'emb*=absent': parameters that train must be exchanged, or replicas would differ: freeze the layer"
                        + " instead",
                assertThrows(IllegalArgumentException.class, () -> LayerRules.parse("emb*=absent")).getMessage());
        String unknown = assertThrows(IllegalArgumentException.class, () -> LayerRules.parse("a=edn")).getMessage();
        assertTrue(unknown.startsWith("rule 'a=edn': ") && unknown.endsWith("; or job for the job's method"), unknown);
    }

    private static void assertLayout(Model network, String text) {
        assertLayout(LayerRules.standard(), network, text);
    }

    private static void assertLayout(LayerRules rules, Model network, String text) {
        network.init();
        UpdateLayout layout = rules.layout(network, EDEN);
        assertEquals(text, layout.text());
        assertEquals(network.numParams(), layout.dimension());
        assertEquals(network.paramTable().keySet(),
                new LinkedHashSet<>(layout.parts().stream().map(UpdateLayout.Part::name).toList()));
    }

    private static NeuralNetConfiguration.Builder base() {
        return new NeuralNetConfiguration.Builder().seed(1).updater(new Adam(.01));
    }

    private static ListBuilder list() {
        return base().list();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build();
    }
}
