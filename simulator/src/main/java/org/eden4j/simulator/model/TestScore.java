package org.eden4j.simulator.model;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.data.ImageSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * How well a network knows images it has not seen.
 *
 * @param accuracy share of images whose likeliest class is the right one, from 0 to 1
 * @param loss mean cross-entropy in nats: -log of the probability given to the right class
 */
public record TestScore(double accuracy, double loss) {
    /** Images at a time: enough to keep the matrix products busy, few enough to stay in cache. */
    private static final int BATCH = 100;
    /** A probability that came out as 0 counts as this, so that the loss stays finite. */
    private static final double LEAST_PROBABILITY = 1e-30;

    /** Lets a network classify every image of a set, once. Does not change the network. */
    public static TestScore of(MultiLayerNetwork network, ImageSet images) {
        long right = 0;
        double loss = 0;
        for (int from = 0; from < images.size(); from += BATCH) {
            int count = Math.min(BATCH, images.size() - from);
            DataSet batch = images.batch(from, count);
            INDArray probabilities = network.output(batch.getFeatures(), false);
            float[][] rows = probabilities.toFloatMatrix();
            for (int i = 0; i < count; i++) {
                int label = images.label(from + i);
                right += likeliest(rows[i]) == label ? 1 : 0;
                loss -= Math.log(Math.max(rows[i][label], LEAST_PROBABILITY));
            }
        }
        return new TestScore((double) right / images.size(), loss / images.size());
    }

    private static int likeliest(float[] probabilities) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            if (probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best;
    }
}
