package org.eden4j.simulator.task;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Lloyd's algorithm, distributed as by Suresh, Yu, Kumar, McMahan (ICML 2017, section 5), for N images
 * at W workers, and K centres. At worker w, n_k(w) images are nearest to centre c_k and have the mean m_k(w). Then
 *
 * <pre>
 * update(w) = K n_k(w) W / N (m_k(w) - c_k),    change = mean of the updates / (K n_k / N),
 * </pre>
 *
 * <p>The change is the mean of all those images less c_k if the mean of the updates is exact. The counts n_k(w) are
 * sent uncompressed. Objective: the mean squared distance of an image from its centre.
 */
final class KMeans implements Task {
    private static final int CENTRES = 10;

    private final Shards shards;
    private final long seed;
    /** Counts of the last updates, by centre. */
    private final long[] counts = new long[CENTRES];
    private int counted;

    KMeans(Shards shards, long seed) {
        this.shards = shards;
        this.seed = seed;
    }

    @Override
    public int dimension() {
        return CENTRES * shards.width();
    }

    /** Images of the first worker, chosen by the seed. */
    @Override
    public float[] start() {
        float[][] images = shards.pixels()[0];
        float[] model = new float[dimension()];
        int[] drawn = new SplittableRandom(seed).ints(0, images.length).distinct().limit(CENTRES).toArray();
        for (int k = 0; k < CENTRES; k++) {
            System.arraycopy(images[drawn[k]], 0, model, k * shards.width(), shards.width());
        }
        return model;
    }

    @Override
    public void update(int worker, float[] model, float[] update) {
        if (counted == shards.workers()) {
            Arrays.fill(counts, 0);
            counted = 0;
        }
        int width = shards.width();
        double[] sums = new double[update.length];
        for (float[] image : shards.pixels()[worker]) {
            int k = nearest(model, image);
            counts[k]++;
            for (int p = 0; p < width; p++) {
                sums[k * width + p] += image[p] - model[k * width + p];
            }
        }
        double factor = (double) CENTRES * shards.workers() / shards.count();
        for (int i = 0; i < sums.length; i++) {
            update[i] = (float) (factor * sums[i]);
        }
        counted++;
    }

    @Override
    public int exactBytes() {
        return CENTRES * Integer.BYTES;
    }

    /** A centre without images is unchanged. */
    @Override
    public void change(float[] model, float[] mean, float[] change) {
        int width = shards.width();
        for (int i = 0; i < change.length; i++) {
            double share = (double) CENTRES * counts[i / width] / shards.count();
            change[i] = share == 0 ? 0 : (float) (mean[i] / share);
        }
    }

    @Override
    public double objective(float[] model) {
        double sum = 0;
        for (float[][] shard : shards.pixels()) {
            for (float[] image : shard) {
                sum += Pixels.squaredDistance(image, model, nearest(model, image) * image.length);
            }
        }
        return sum / shards.count();
    }

    private int nearest(float[] model, float[] image) {
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < CENTRES; k++) {
            double distance = Pixels.squaredDistance(image, model, k * image.length);
            if (distance < least) {
                least = distance;
                nearest = k;
            }
        }
        return nearest;
    }
}
