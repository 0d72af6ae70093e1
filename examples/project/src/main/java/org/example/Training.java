package org.example;

import java.time.Duration;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenParallelTrainer;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.job.JobAddress;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Runs the aggregator of a job of two workers, or one of the workers: {@code aggregator}, {@code worker 0}, {@code worker 1}. With
 * {@code alone} two threads of this process train.
 */
public final class Training {
    private static final String ADDRESS = "udp:127.0.0.1:7411";
    private static final int WORKERS = 2;
    private static final int EXAMPLES = 256;
    /** How long processes wait for each other, at the start and in a round. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Training() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 1 && "aggregator".equals(args[0])) {
            aggregate();
        } else if (args.length == 2 && "worker".equals(args[0])) {
            train(Integer.parseInt(args[1]));
        } else if (args.length == 1 && "alone".equals(args[0])) {
            trainAlone();
        } else {
            System.err.println("Usage: Training aggregator | worker N | alone");
            System.exit(2);
        }
    }

    private static void aggregate() throws Exception {
        try (var aggregator = Aggregator.builder(JobAddress.parse(ADDRESS), WORKERS, Method.parse("eden:bits=4"))
            .joinTimeout(PATIENCE)
            .deadline(PATIENCE)
            .start()) {
            aggregator.awaitEnd();
        }
    }

    private static void train(int worker) throws Exception {
        MultiLayerNetwork net = network();
        DataSet share = share(worker);
        try (var eden = EdenTraining.builder(net).job(ADDRESS).averagingFrequency(5).joinTimeout(PATIENCE).join()) {
            for (int step = 0; step < 20; step++) {
                net.fit(share);
            }
        }
        System.out.printf("worker %d: sum of the parameters %.9g%n", worker, net.params().sumNumber().doubleValue());
    }

    private static void trainAlone() {
        MultiLayerNetwork net = network();
        List<DataSet> batches = share(0).batchBy(16);
        EdenParallelTrainer.builder(net)
            .workers(WORKERS)
            .averagingFrequency(4)
            .build()
            .fit(new ListDataSetIterator<>(batches), 5);
        System.out.printf("alone: loss %.4f%n", net.score(share(1)));
    }

    private static MultiLayerNetwork network() {
        var net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1)
            .updater(new Adam(.01))
            .list()
            .layer(new DenseLayer.Builder().nIn(20).nOut(64).activation(Activation.RELU).build())
            .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(64).nOut(2).activation(Activation.SOFTMAX).build())
            .build());
        net.init();
        return net;
    }

    /** Returns points of two classes, by the sign of their first coordinate; each worker has its own. */
    private static DataSet share(int worker) {
        INDArray points = Nd4j.rand(new int[]{EXAMPLES, 20}, 100 + worker).subi(.5);
        INDArray labels = Nd4j.zeros(EXAMPLES, 2);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, points.getDouble(i, 0) > 0 ? 1 : 0, 1);
        }
        return new DataSet(points, labels);
    }
}
