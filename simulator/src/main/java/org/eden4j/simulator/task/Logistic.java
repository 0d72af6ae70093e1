package org.eden4j.simulator.task;

/**
 * Multinomial logistic regression of the images' classes by gradient descent. The update is the gradient of a worker's
 * mean loss; the change is {@value #STEP} times their mean, subtracted. Objective: the mean cross-entropy of all
 * images, in nats.
 */
final class Logistic implements Task {
    private static final int CLASSES = 10;
    private static final double STEP = .1;

    private final Shards shards;

    Logistic(Shards shards) {
        this.shards = shards;
    }

    /** Weights class by class, then biases. */
    @Override
    public int dimension() {
        return CLASSES * (shards.width() + 1);
    }

    @Override
    public float[] start() {
        return new float[dimension()];
    }

    @Override
    public void update(int worker, float[] model, float[] update) {
        int width = shards.width();
        double[] gradient = new double[update.length];
        float[][] images = shards.pixels()[worker];
        double[] probabilities = new double[CLASSES];
        for (int i = 0; i < images.length; i++) {
            loss(model, images[i], shards.labels()[worker][i], probabilities);
            for (int c = 0; c < CLASSES; c++) {
                double error = probabilities[c] - (c == shards.labels()[worker][i] ? 1 : 0);
                for (int p = 0; p < width; p++) {
                    gradient[c * width + p] += error * images[i][p];
                }
                gradient[CLASSES * width + c] += error;
            }
        }
        for (int i = 0; i < gradient.length; i++) {
            update[i] = (float) (gradient[i] / images.length);
        }
    }

    @Override
    public void change(float[] model, float[] mean, float[] change) {
        for (int i = 0; i < change.length; i++) {
            change[i] = (float) (-STEP * mean[i]);
        }
    }

    @Override
    public double objective(float[] model) {
        double sum = 0;
        double[] probabilities = new double[CLASSES];
        for (int worker = 0; worker < shards.workers(); worker++) {
            for (int i = 0; i < shards.pixels()[worker].length; i++) {
                sum += loss(model, shards.pixels()[worker][i], shards.labels()[worker][i], probabilities);
            }
        }
        return sum / shards.count();
    }

    /** Returns the cross-entropy of one image and sets the probabilities of its classes. */
    private static double loss(float[] model, float[] image, int label, double[] probabilities) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < CLASSES; c++) {
            probabilities[c] = model[CLASSES * image.length + c] + Pixels.dot(image, model, c * image.length);
            largest = Math.max(largest, probabilities[c]);
        }
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
            sum += Math.exp(probabilities[c] - largest);
        }
        double loss = Math.log(sum) + largest - probabilities[label];
        for (int c = 0; c < CLASSES; c++) {
            probabilities[c] = Math.exp(probabilities[c] - largest) / sum;
        }
        return loss;
    }
}
