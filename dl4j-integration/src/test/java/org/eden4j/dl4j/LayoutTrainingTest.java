package org.eden4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.eden4j.compressor.Method;
import org.eden4j.compressor.UpdateLayout.Kind;
import org.eden4j.compressor.UpdateLayout.Part;
import org.eden4j.transport.Worker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The cases that the standard rules exist for, on real networks in real jobs over IPC; a vector without parts fails
 * each of these tests.
 */
class LayoutTrainingTest {
    private static final int PIXEL_STEPS = 400;
    @RegisterExtension
    private static final IpcJobs JOBS = new IpcJobs();

    /**
     * Inputs like grey levels from 0 to 255: the running means are thousands of times larger than the weights next to
     * them. Deterministic by its seeds; an accuracy over 2,000 examples has a standard error of at most .008 at .85.
     */
    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldLearnFromRawPixelsAsWithoutCompression(String method, String mode) throws Exception {
        double uncompressed = accuracy(
                train(2, LayoutTrainingTest::ofPixels, "none", "none", mode, PIXEL_STEPS, Scale.PIXELS)[0]);
        double compressed = accuracy(
                train(2, LayoutTrainingTest::ofPixels, method, "eden:bits=8", mode, PIXEL_STEPS, Scale.PIXELS)[0]);
        assertTrue(uncompressed > .85, "uncompressed " + uncompressed);
        assertTrue(compressed > uncompressed - .04, compressed + ", uncompressed " + uncompressed);
    }

    /** Without parts the same training ends in NaN: the error of a running mean is larger than any weight of its block. */
    @ParameterizedTest
    @ValueSource(strings = {"eden:bits=4", "drive"})
    void shouldDivergeOnRawPixelsWithoutParts(String method) {
        AssertionError failure = assertThrows(AssertionError.class, () -> trainFlat(method, PIXEL_STEPS));
        assertTrue(failure.getCause().getMessage().contains("diverged"), failure.getCause().getMessage());
    }

    /** Inputs of standard deviation .003: the running variances are small compared with everything else in the vector. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldKeepRunningVariancesPositive(String method, String mode) throws Exception {
        LongFunction<MultiLayerNetwork> networks = seed -> normalised(seed, new Adam(.01));
        MultiLayerNetwork[] replicas = train(2, networks, method, "eden:bits=8", mode, 60, Scale.SMALL);
        for (String name : List.of("0_var", "2_var")) {
            double least = replicas[0].getParam(name).minNumber().doubleValue();
            assertTrue(least > 0, name + " has " + least);
        }
        DataSet batch = Scale.SMALL.of(Nets.batches(1, 50, 9)).getFirst();
        assertTrue(Double.isFinite(replicas[0].score(batch)));
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "drive,sharing"})
    void shouldNotMoveFrozenLayers(String method, String mode) throws Exception {
        assertFrozen(method, mode, 100);
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldNotMoveFrozenLayersInManySteps(String method, String mode) throws Exception {
        assertFrozen(method, mode, 1600);
    }

    private static void assertFrozen(String method, String mode, int steps) throws Exception {
        MultiLayerNetwork[] replicas = train(2, LayoutTrainingTest::tuned, method, "eden:bits=8", mode, steps,
                Scale.ONE);
        MultiLayerNetwork start = tuned(1);
        for (MultiLayerNetwork replica : replicas) {
            assertSameBits(start, replica, "0_W");
            assertSameBits(start, replica, "0_b");
            assertTrue(Nets.relativeDifference(replica.getParam("1_W"), start.getParam("1_W")) > .01,
                    "the rest learns");
        }
        assertEquals(ParameterHash.of(replicas[0]), ParameterHash.of(replicas[1]));
    }

    /** Compares the first exchange of one worker, by SGD, where the error of an update is that of the parameters. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldLeaveRawPartsExactAndOthersAtTheErrorOfTheMethod(String method, String mode) throws Exception {
        assertErrorOfTheMethod(method, mode, seed -> normalised(seed, new Sgd(.1)), 2);
    }

    /** The first layer changes a hundred times less than the second, with which it would share a block. */
    @ParameterizedTest
    @CsvSource({"eden:bits=4,averaging", "eden:bits=4,sharing", "drive,averaging", "drive,sharing"})
    void shouldSendSmallLayersAsWellAsLargeOnes(String method, String mode) throws Exception {
        LongFunction<MultiLayerNetwork> networks = seed -> {
            MultiLayerNetwork network = initialised(seed, new Sgd(.1), dense(128), dense(24), output());
            network.getParam("1_W").muli(.01);
            return network;
        };
        MultiLayerNetwork exact = assertErrorOfTheMethod(method, mode, networks, 2);
        assertTrue(learnt(exact, networks, "0_W") < .03 * learnt(exact, networks, "1_W"));
    }

    private static double learnt(MultiLayerNetwork network, LongFunction<MultiLayerNetwork> networks,
            String parameter) {
        return network.getParam(parameter).distance2(networks.apply(1).getParam(parameter));
    }

    private static MultiLayerNetwork assertErrorOfTheMethod(String method, String mode,
            LongFunction<MultiLayerNetwork> networks, int parts) throws Exception {
        MultiLayerNetwork exact = train(1, networks, "none", "none", mode, 1, Scale.ONE)[0];
        MultiLayerNetwork sent = train(1, networks, method, "none", mode, 1, Scale.ONE)[0];
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
        assertEquals(parts, compressed);
        return exact;
    }

    /** The scale of the features, which are generated with standard deviation 1. */
    private enum Scale {
        ONE(1, 0), SMALL(.003, 0), PIXELS(50, 128);

        private final double factor;
        private final double offset;

        Scale(double factor, double offset) {
            this.factor = factor;
            this.offset = offset;
        }

        List<DataSet> of(List<DataSet> batches) {
            List<DataSet> scaled = new ArrayList<>();
            for (DataSet batch : batches) {
                scaled.add(new DataSet(batch.getFeatures().mul(factor).addi(offset), batch.getLabels()));
            }
            return scaled;
        }
    }

    private static MultiLayerNetwork[] train(int workers, LongFunction<MultiLayerNetwork> networks, String method,
            String downlink, String mode, int steps, Scale scale) throws Exception {
        MultiLayerNetwork[] replicas = new MultiLayerNetwork[workers];
        JOBS.run(workers, method, downlink, options -> options.quorum(workers), (index, job) -> {
            MultiLayerNetwork replica = networks.apply(index + 1);
            replicas[index] = replica;
            EdenTraining.Builder builder = EdenTraining.builder(replica)
                .job(job)
                .pauseAfter(IpcJobs.NEVER)
                .index(index);
            try (EdenTraining _ = (mode.equals("sharing") ? builder.gradientSharing() : builder.averagingFrequency(5))
                .join()) {
                fit(replica, index, steps, scale);
            }
        });
        return replicas;
    }

    /** Trains with a vector that has no parts. */
    private static void trainFlat(String method, int steps) throws Exception {
        JOBS.run(2, method, "eden:bits=8", options -> options.quorum(2), (index, job) -> {
            MultiLayerNetwork replica = ofPixels(index + 1);
            int parameters = (int) replica.numParams();
            try (Worker worker = Worker.builder(job, parameters, Method.parse(method)).index(index).join()) {
                EdenListener listener = EdenListener.parameterAveraging(worker, 5, replica).pauseAfter(IpcJobs.NEVER);
                replica.addListeners(listener);
                fit(replica, index, steps, Scale.PIXELS);
                listener.finish();
            }
        });
    }

    private static void fit(MultiLayerNetwork replica, int index, int steps, Scale scale) {
        List<DataSet> share = scale.of(Nets.batches(Math.min(steps, 40), 16, index + 1));
        replica.fit(new ListDataSetIterator<>(share, 1), (steps + 39) / 40);
    }

    private static double accuracy(MultiLayerNetwork network) {
        return network.evaluate(new ListDataSetIterator<>(Scale.PIXELS.of(Nets.batches(1, 2000, 9)), 1)).accuracy();
    }

    private static MultiLayerNetwork ofPixels(long seed) {
        return initialised(seed, new Adam(.003),
                new DenseLayer.Builder().nOut(128).activation(Activation.IDENTITY).build(), new BatchNormalization(),
                new ActivationLayer(Activation.RELU), dense(64), output());
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
