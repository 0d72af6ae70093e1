import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The data of the examples: points of 20 coordinates, whose class is the largest of the first three. */
final class Points {
    static final int CLASSES = 3;
    private static final int COORDINATES = 20;
    private static final int BATCH = 32;

    private Points() {}

    static MultiLayerNetwork network() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder().seed(1)
            .updater(new Adam(.01))
            .list()
            .layer(new DenseLayer.Builder().nIn(COORDINATES).nOut(64).activation(Activation.RELU).build())
            .layer(new DenseLayer.Builder().nIn(64).nOut(32).activation(Activation.RELU).build())
            .layer(new OutputLayer.Builder(LossFunction.MCXENT).nIn(32)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build())
            .build());
        net.init();
        return net;
    }

    /** Returns batches of all classes. */
    static List<DataSet> batches(int count, long seed) {
        return batches(count, seed, -1);
    }

    /** Returns batches of one class; -1 for all. */
    static List<DataSet> batches(int count, long seed, int only) {
        Random random = new Random(seed);
        List<DataSet> batches = new ArrayList<>();
        for (int batch = 0; batch < count; batch++) {
            INDArray points = Nd4j.create(BATCH, COORDINATES);
            INDArray labels = Nd4j.create(BATCH, CLASSES);
            for (int i = 0; i < BATCH; i++) {
                float[] point = new float[COORDINATES];
                int label;
                do {
                    label = 0;
                    for (int j = 0; j < COORDINATES; j++) {
                        point[j] = (float) random.nextGaussian();
                        label = j < CLASSES && point[j] > point[label] ? j : label;
                    }
                } while (only >= 0 && label != only);
                points.putRow(i, Nd4j.createFromArray(point));
                labels.putScalar(i, label, 1);
            }
            batches.add(new DataSet(points, labels));
        }
        return batches;
    }

    /** Returns the share of unseen points that a network classifies correctly. */
    static double accuracy(MultiLayerNetwork net) {
        DataSet test = DataSet.merge(batches(30, 4711));
        int[] said = net.output(test.getFeatures()).argMax(1).toIntVector();
        int[] right = test.getLabels().argMax(1).toIntVector();
        int known = 0;
        for (int i = 0; i < said.length; i++) {
            known += said[i] == right[i] ? 1 : 0;
        }
        return (double) known / said.length;
    }

    /** Ends an example that fails to show what it claims. */
    static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("expected " + what);
        }
    }
}
