package org.eden4j.simulator.claims;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageIterator;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TrainingPlan;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Vectors from training: LeNet after a few steps on the excerpt of Fashion-MNIST that is part of the program.
 *
 * @param weights all parameters
 * @param gradient gradient of the loss of the next batch, before the updater
 */
record TrainedVectors(float[] weights, float[] gradient) {
    static final int STEPS = 40;

    /** Trains the network; takes a few seconds. */
    static TrainedVectors train(long seed) {
        // ND4J takes the seed 0 as "from the clock".
        long modelSeed = seed == 0 ? 1 : seed;
        TrainingPlan plan = TrainingPlan.quick(ImageModel.LENET);
        ImageSet shard = plan.shard(images(), 0, 1, modelSeed);
        MultiLayerNetwork network = plan.network(shard, modelSeed);
        ImageIterator batches = plan.batches(shard, 0, modelSeed);
        for (int step = 0; step < STEPS; step++) {
            network.fit(batches.next());
        }
        DataSet batch = batches.next();
        network.setInput(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.computeGradientAndScore();
        return new TrainedVectors(network.params().toFloatVector(), network.getGradientsViewArray().toFloatVector());
    }

    private static ImageSet images() {
        try {
            return FashionMnist.parse("builtin").train();
        } catch (IOException e) {
            throw new UncheckedIOException("the shipped excerpt of Fashion-MNIST cannot be read: " + e, e);
        }
    }
}
