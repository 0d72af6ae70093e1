package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.UpdateLayout.Part;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** What the standard rules are for, on real networks; a vector without parts fails each of these. */
class LayoutTrainingTest {
    /** Inputs of standard deviation .003: the running variances are small beside everything else in the vector. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldKeepRunningVariancesPositive(String method, String mode) throws Exception {
        LongFunction<MultiLayerNetwork> networks = seed -> normalised(seed, new Adam(.01));
        MultiLayerNetwork[] replicas = train(2, networks, method, mode, 60, .003);
        for (String name : List.of("0_var", "2_var")) {
            double least = replicas[0].getParam(name).minNumber().doubleValue();
            assertTrue(least > 0, name + " has " + least);
        }
        DataSet batch = small(Nets.batches(1, 50, 9), .003).getFirst();
        assertTrue(Double.isFinite(replicas[0].score(batch)));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging,400", "eden:bits=4,sharing,400", "drive,averaging,1600", "drive,sharing,400"})
    void shouldNotMoveFrozenLayers(String method, String mode, int steps) throws Exception {
        MultiLayerNetwork[] replicas = train(2, LayoutTrainingTest::tuned, method, mode, steps, 1);
        MultiLayerNetwork start = tuned(1);
        for (MultiLayerNetwork replica : replicas) {
            assertSameBits(start, replica, "0_W");
            assertSameBits(start, replica, "0_b");
            assertTrue(Nets.relativeDifference(replica.getParam("1_W"), start.getParam("1_W")) > .01,
                    "the rest learns");
        }
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /** At the first exchange of one worker, by SGD, under which the error of an update is that of the parameters. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldLeaveRawPartsExactAndOthersAtTheErrorOfTheMethod(String method, String mode) throws Exception {
        LongFunction<MultiLayerNetwork> networks = seed -> normalised(seed, new Sgd(.1));
        MultiLayerNetwork exact = train(1, networks, "none", mode, 1, 1)[0];
        MultiLayerNetwork sent = train(1, networks, method, mode, 1, 1)[0];
        double expectedError = Math.sqrt(Method.parse(method).vnmse().orElseThrow());
        INDArray start = networks.apply(1).params();
        int compressed = 0;
        for (Part part : LayerRules.standard().layout(exact, Method.parse(method)).parts()) {
            if (part.kind() == Kind.RAW) {
                assertSameBits(exact, sent, part.name());
            } else {
                compressed++;
                double learnt = 0;
                double error = 0;
                for (int i = part.first(); i < part.end(); i++) {
                    learnt += square(exact.params().getDouble(i) - start.getDouble(i));
                    error += square(exact.params().getDouble(i) - sent.params().getDouble(i));
                }
                assertEquals(expectedError, Math.sqrt(error / learnt), .1 * expectedError, part.name());
            }
        }
        assertEquals(2, compressed, "1_W and 3_W");
    }

    private static MultiLayerNetwork[] train(int workers, LongFunction<MultiLayerNetwork> networks, String method,
            String mode,
            int steps, double scale) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[workers];
        UpdateLayout layout = LayerRules.standard().layout(networks.apply(1), Method.parse(method));
        InProcessJob job = new InProcessJob(workers, layout);
        InProcessJob.runAll(workers, worker -> {
            MultiLayerNetwork replica = networks.apply(worker + 1);
            replicas[worker] = replica;
            EdenListener listener = mode.equals("sharing") ? new GradientSharing(job.member(worker))
                    : new ParameterAveraging(job.member(worker), 5);
            replica.addListeners(listener);
            List<DataSet> share = small(Nets.batches(Math.min(steps, 40), 16, worker + 1), scale);
            replica.fit(new ListDataSetIterator<>(share, 1), (steps + 39) / 40);
            listener.finish();
        });
        return replicas;
    }

    /** Batches whose features are multiplied by a number. */
    private static List<DataSet> small(List<DataSet> batches, double scale) {
        List<DataSet> scaled = new ArrayList<>();
        for (DataSet batch : batches) {
            scaled.add(new DataSet(batch.getFeatures().mul(scale), batch.getLabels()));
        }
        return scaled;
    }

    private static MultiLayerNetwork normalised(long seed, IUpdater updater) {
        return initialised(seed, updater, new BatchNormalization.Builder().useLogStd(false).build(), dense(128),
                new BatchNormalization.Builder().useLogStd(false).build(), dense(16), output());
    }

    private static MultiLayerNetwork tuned(long seed) {
        return new TransferLearning.Builder(initialised(seed, new Sgd(.1), dense(128), dense(24), output()))
            .fineTuneConfiguration(new FineTuneConfiguration.Builder().updater(new Adam(.01)).build())
            .setFeatureExtractor(0)
            .build();
    }

    private static MultiLayerNetwork initialised(long seed, IUpdater updater,
            Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder().seed(seed)
            .updater(updater)
            .list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork network = new MultiLayerNetwork(
                list.setInputType(InputType.feedForward(Nets.INPUTS)).build());
        network.init();
        return network;
    }

    private static DenseLayer dense(int outputs) {
        return new DenseLayer.Builder().nOut(outputs).activation(Activation.RELU).build();
    }

    private static OutputLayer output() {
        return new OutputLayer.Builder().nOut(Nets.CLASSES).activation(Activation.SOFTMAX).build();
    }

    private static void assertSameBits(MultiLayerNetwork expected, MultiLayerNetwork actual, String parameter) {
        assertArrayEquals(expected.getParam(parameter).dup().data().asFloat(),
                actual.getParam(parameter).dup().data().asFloat(), parameter);
    }

    private static double square(double value) {
        return value * value;
    }
}
