package org.eden4j.simulator.task;

import java.util.SplittableRandom;

/**
 * Power iteration for the leading principal components of the images, {@value #VECTORS} at a time (orthogonal
 * iteration). With the workers' covariances A(w), their mean A, and an orthonormal basis Q of the model's columns,
 *
 * <pre>
 * update(w) = A(w) Q,    new model = orthonormal basis of the mean of the updates.
 * </pre>
 *
 * <p>Objective: the share of the images' variance within the space of the model, tr(Q' A Q) / tr(A), which is
 * maximised.
 */
final class PowerIteration implements Task {
    private static final int VECTORS = 8;

    private final Shards shards;
    private final long seed;
    private final double variance;

    PowerIteration(Shards shards, long seed) {
        this.shards = shards.centred();
        this.seed = seed;
        double sum = 0;
        for (float[][] shard : this.shards.pixels()) {
            for (float[] image : shard) {
                for (float value : image) {
                    sum += (double) value * value;
                }
            }
        }
        variance = sum / shards.count();
    }

    @Override
    public int dimension() {
        return VECTORS * shards.width();
    }

    @Override
    public float[] start() {
        SplittableRandom random = new SplittableRandom(seed);
        float[] model = new float[dimension()];
        for (int i = 0; i < model.length; i++) {
            model[i] = (float) random.nextGaussian();
        }
        return orthonormal(model);
    }

    @Override
    public void update(int worker, float[] model, float[] update) {
        float[] basis = orthonormal(model);
        int width = shards.width();
        double[] sums = new double[update.length];
        float[][] images = shards.pixels()[worker];
        for (float[] image : images) {
            for (int k = 0; k < VECTORS; k++) {
                double projection = Pixels.dot(image, basis, k * width);
                for (int p = 0; p < width; p++) {
                    sums[k * width + p] += projection * image[p];
                }
            }
        }
        for (int i = 0; i < sums.length; i++) {
            update[i] = (float) (sums[i] / images.length);
        }
    }

    @Override
    public void change(float[] model, float[] mean, float[] change) {
        float[] next = orthonormal(mean);
        for (int i = 0; i < change.length; i++) {
            change[i] = next[i] - model[i];
        }
    }

    @Override
    public double objective(float[] model) {
        float[] basis = orthonormal(model);
        double sum = 0;
        for (float[][] shard : shards.pixels()) {
            for (float[] image : shard) {
                for (int k = 0; k < VECTORS; k++) {
                    double projection = Pixels.dot(image, basis, k * shards.width());
                    sum += projection * projection;
                }
            }
        }
        return sum / shards.count() / variance;
    }

    @Override
    public boolean maximises() {
        return true;
    }

    /** Orthonormalises the columns one after another (Gram and Schmidt, performed twice for accuracy). */
    private float[] orthonormal(float[] columns) {
        int width = shards.width();
        float[] basis = columns.clone();
        for (int k = 0; k < VECTORS; k++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < k; j++) {
                    add(basis, k * width, -dot(basis, k, j), j * width);
                }
            }
            double norm = Math.sqrt(dot(basis, k, k));
            for (int p = 0; p < width; p++) {
                basis[k * width + p] /= (float) norm;
            }
        }
        return basis;
    }

    private void add(float[] basis, int target, double factor, int source) {
        for (int p = 0; p < shards.width(); p++) {
            basis[target + p] += (float) (factor * basis[source + p]);
        }
    }

    private double dot(float[] basis, int one, int other) {
        double sum = 0;
        int width = shards.width();
        for (int p = 0; p < width; p++) {
            sum += (double) basis[one * width + p] * basis[other * width + p];
        }
        return sum;
    }
}
