package org.eden4j.simulator.model;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.data.ImageIterator;
import org.eden4j.simulator.data.ImageSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * The plan of one run: the network, the number of images and the steps.
 *
 * <p>The network with batch normalization is trained by Adam at a constant rate. All others are trained by Nesterov's
 * momentum of {@value #MOMENTUM} with a learning rate that decreases linearly from {@code learningRate} to zero in the
 * second half of the run: compression adds noise in proportion to what is sent, so short last steps leave little of it
 * in the model.
 *
 * @param model the network
 * @param images number of training images used in total, distributed over the workers; at most this many are used
 * @param batch images per worker and step
 * @param every steps between two exchanges, for parameter averaging; gradient sharing exchanges at every step
 * @param epochs passes over the images
 * @param learningRate learning rate of the first half of the run
 */
public record TrainingPlan(ImageModel model, int images, int batch, int every, int epochs, double learningRate) {
    private static final double MOMENTUM = .9;
    /** ND4J takes 0 as "from the clock". */
    private static final long INSTEAD_OF_ZERO = 0x5EED;

    public TrainingPlan {
        requirePositive("images", images);
        requirePositive("batch", batch);
        requirePositive("every", every);
        requirePositive("epochs", epochs);
        if (!(learningRate > 0 && learningRate < 1)) {
            throw new IllegalArgumentException("learning rate must be between 0 and 1, got " + learningRate);
        }
    }

    /** Returns the plan whose results the project reports. */
    public static TrainingPlan full(ImageModel model) {
        return switch (model) {
            case MLP -> new TrainingPlan(model, 60_000, 25, 10, 6, .06);
            case LENET -> new TrainingPlan(model, 60_000, 25, 10, 4, .04);
            case BATCHNORM -> new TrainingPlan(model, 60_000, 25, 10, 4, .001);
        };
    }

    /** Returns a shorter plan that shows the same in a fraction of the time, at lower accuracy. */
    public static TrainingPlan quick(ImageModel model) {
        return switch (model) {
            case MLP -> new TrainingPlan(model, 4000, 25, 10, 3, .06);
            case LENET -> new TrainingPlan(model, 4000, 25, 10, 2, .04);
            case BATCHNORM -> new TrainingPlan(model, 4000, 25, 10, 2, .001);
        };
    }

    /**
     * Returns the plan of a run.
     *
     * @param quick whether the short plan is used
     * @param every steps between two exchanges, 0 for the plan's
     * @param epochs passes over the images, 0 for the plan's
     */
    public static TrainingPlan of(ImageModel model, boolean quick, int every, int epochs) {
        TrainingPlan plan = quick ? quick(model) : full(model);
        TrainingPlan withEvery = every == 0 ? plan : plan.withEvery(every);
        return epochs == 0 ? withEvery : withEvery.withEpochs(epochs);
    }

    /** Returns the seed of weights and batches in a run with a seed. */
    public static long modelSeed(long seed) {
        return seed == 0 ? INSTEAD_OF_ZERO : seed;
    }

    /** Returns this plan with another number of steps between exchanges. */
    public TrainingPlan withEvery(int steps) {
        return new TrainingPlan(model, images, batch, steps, epochs, learningRate);
    }

    /** Returns this plan with another learning rate. */
    public TrainingPlan withLearningRate(double rate) {
        return new TrainingPlan(model, images, batch, every, epochs, rate);
    }

    /** Returns this plan with another number of passes. */
    public TrainingPlan withEpochs(int passes) {
        return new TrainingPlan(model, images, batch, every, passes, learningRate);
    }

    /**
     * Returns one worker's share of the training images, of equal size for all workers.
     *
     * @param train all training images
     * @param seed seed of the job, the same for all workers
     */
    public ImageSet shard(ImageSet train, int worker, int workers, long seed) {
        return model.images(train.first(Math.min(images, train.size())).shard(worker, workers, seed));
    }

    /** Returns the batches of one worker, in a different order each epoch. */
    public ImageIterator batches(ImageSet shard, int worker, long seed) {
        return shard.batches(batch, seed * 1000 + worker);
    }

    /** Returns the number of steps of a worker in one pass over its share. */
    public int stepsPerEpoch(ImageSet shard) {
        return Math.ceilDiv(shard.size(), batch);
    }

    /**
     * Creates a new network. With momentum its learning rate reaches zero at the end of the last pass over
     * {@code shard}.
     *
     * @param seed seed of the initial weights, not 0
     */
    public MultiLayerNetwork network(ImageSet shard, long seed) {
        int steps = epochs * stepsPerEpoch(shard);
        IUpdater updater = switch (model) {
            case MLP, LENET -> new Nesterovs(new LateDecay(learningRate, steps), MOMENTUM);
            case BATCHNORM -> new Adam(learningRate);
        };
        return model.create(updater, seed);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, got " + value);
        }
    }
}
