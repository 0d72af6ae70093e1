package org.eden4j.simulator.model;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.data.ImageSet;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The score of a network on images it has not seen. Scores of disjoint sets can be added, so equal replicas can share a
 * test.
 *
 * @param images number of images
 * @param right number of images whose most likely class was correct
 * @param totalLoss sum of the cross-entropies in nats: -log of the probability given to the correct class
 */
public record TestScore(int images, int right, double totalLoss) {
    /** Images per batch: enough for efficient matrix products, few enough to stay in cache. */
    private static final int BATCH = 100;
    /** Lower limit of probabilities, so that the loss stays finite. */
    private static final double LEAST_PROBABILITY = 1e-30;

    /** Classifies every image of a set once. Does not change the network. */
    public static TestScore of(MultiLayerNetwork network, ImageSet images) {
        int right = 0;
        double loss = 0;
        for (int from = 0; from < images.size(); from += BATCH) {
            int count = Math.min(BATCH, images.size() - from);
            DataSet batch = images.batch(from, count);
            float[][] probabilities = network.output(batch.getFeatures(), false).toFloatMatrix();
            for (int i = 0; i < count; i++) {
                int label = images.label(from + i);
                right += likeliest(probabilities[i]) == label ? 1 : 0;
                loss -= Math.log(Math.max(probabilities[i][label], LEAST_PROBABILITY));
            }
        }
        return new TestScore(images.size(), right, loss);
    }

    /** Returns the share of images classified correctly, from 0 to 1. */
    public double accuracy() {
        return (double) right / images;
    }

    /** Returns the mean cross-entropy in nats. */
    public double loss() {
        return totalLoss / images;
    }

    /** Returns the score on both sets. */
    public TestScore plus(TestScore other) {
        return new TestScore(images + other.images, right + other.right, totalLoss + other.totalLoss);
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
