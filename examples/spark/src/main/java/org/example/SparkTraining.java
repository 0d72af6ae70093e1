package org.example;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.spark.EdenSparkTrainer;
import org.eden4j.spark.FitReport;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Trains a network on a Spark cluster, which spark-submit tells it: {@code SparkTraining WORKERS}. */
public final class SparkTraining {
    private static final int BATCHES = 40;
    private static final int BATCH = 32;
    private static final int COORDINATES = 20;

    private SparkTraining() {}

    public static void main(String[] args) {
        int workers = Integer.parseInt(args[0]);
        try (JavaSparkContext sc = new JavaSparkContext(new SparkConf().setAppName("training"))) {
            List<Integer> seeds = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                seeds.add(worker);
            }
            JavaRDD<DataSet> data = sc.parallelize(seeds, workers).flatMap(SparkTraining::share);
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, network())
                .workers(workers)
                .averagingFrequency(10)
                .epochs(3)
                .build();
            trainer.fit(data);
            FitReport report = trainer.report().orElseThrow();
            System.out.printf("executors: %d%n",
                    report.workerReports().stream().map(worker -> worker.executor()).distinct().count());
            System.out.printf("rounds: %d%n", report.rounds());
            System.out.printf("equal replicas: %b%n", report.replicasEqual());
            System.out.printf("accuracy: %.3f%n", trainer.evaluate(data).accuracy());
        }
    }

    private static MultiLayerConfiguration network() {
        return new NeuralNetConfiguration.Builder().seed(1)
            .updater(new Adam(.01))
            .list()
            .layer(new DenseLayer.Builder().nIn(COORDINATES).nOut(64).activation(Activation.RELU).build())
            .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(64).nOut(2).activation(Activation.SOFTMAX).build())
            .build();
    }

    /** Returns points of two classes, by the sign of their first coordinate; each worker has its own. */
    private static Iterator<DataSet> share(int worker) {
        Random random = new Random(100 + worker);
        List<DataSet> batches = new ArrayList<>();
        for (int batch = 0; batch < BATCHES; batch++) {
            float[][] points = new float[BATCH][COORDINATES];
            float[][] labels = new float[BATCH][2];
            for (int i = 0; i < BATCH; i++) {
                for (int j = 0; j < COORDINATES; j++) {
                    points[i][j] = random.nextFloat() - .5f;
                }
                labels[i][points[i][0] > 0 ? 1 : 0] = 1;
            }
            batches.add(new DataSet(Nd4j.create(points), Nd4j.create(labels)));
        }
        return batches.iterator();
    }
}
