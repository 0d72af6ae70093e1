package org.eden4j.simulator.task;

import java.util.ArrayList;
import java.util.List;
import org.eden4j.simulator.data.ImageSet;

/**
 * The images of the workers as vectors of pixels from 0 to 1, with their classes.
 *
 * @param pixels by worker, image and pixel
 * @param labels by worker and image
 */
record Shards(float[][][] pixels, int[][] labels) {
    /** Distributes the images evenly over the workers, in an order given by the seed. */
    static Shards of(ImageSet images, int workers, long seed) {
        List<float[][]> pixels = new ArrayList<>();
        List<int[]> labels = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            ImageSet shard = images.shard(worker, workers, seed);
            pixels.add(shard.vectors());
            int[] own = new int[shard.size()];
            for (int i = 0; i < own.length; i++) {
                own[i] = shard.label(i);
            }
            labels.add(own);
        }
        return new Shards(pixels.toArray(float[][][]::new), labels.toArray(int[][]::new));
    }

    int workers() {
        return pixels.length;
    }

    /** Returns the number of pixels of an image. */
    int width() {
        return pixels[0][0].length;
    }

    /** Returns the number of images of all workers. */
    int count() {
        return workers() * pixels[0].length;
    }

    /** Returns the same images, less the mean of all images. */
    Shards centred() {
        double[] mean = new double[width()];
        for (float[][] shard : pixels) {
            for (float[] image : shard) {
                for (int p = 0; p < mean.length; p++) {
                    mean[p] += (double) image[p] / count();
                }
            }
        }
        float[][][] centred = new float[workers()][][];
        for (int worker = 0; worker < centred.length; worker++) {
            centred[worker] = new float[pixels[worker].length][width()];
            for (int i = 0; i < centred[worker].length; i++) {
                for (int p = 0; p < mean.length; p++) {
                    centred[worker][i][p] = (float) (pixels[worker][i][p] - mean[p]);
                }
            }
        }
        return new Shards(centred, labels);
    }
}
