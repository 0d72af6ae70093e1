package org.eden4j.simulator.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Grey images with a class each, in a certain order.
 *
 * <p>Pixels are stored as the bytes of the file until a batch is requested; shards and shuffled sets are new orders of
 * the same bytes. Immutable and thread-safe.
 */
public final class ImageSet implements Serializable {
    private static final long serialVersionUID = 1;

    private final byte[] pixels;
    private final byte[] labels;
    private final int height;
    private final int width;
    private final int classes;
    /** Numbers of the images of this set in the file. */
    private final int[] order;
    /** Value of a pixel of 255 in a batch. */
    private final float white;

    ImageSet(byte[] pixels, byte[] labels, int height, int width, int classes, int[] order) {
        this(pixels, labels, height, width, classes, order, 1);
    }

    private ImageSet(byte[] pixels, byte[] labels, int height, int width, int classes, int[] order, float white) {
        this.pixels = pixels;
        this.labels = labels;
        this.height = height;
        this.width = width;
        this.classes = classes;
        this.order = order;
        this.white = white;
    }

    /** Returns the number of images. */
    public int size() {
        return order.length;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    /** Returns the number of classes, a property of the data set: a small set need not contain all of them. */
    public int classes() {
        return classes;
    }

    /** Returns the class of the {@code i}-th image, from 0. */
    public int label(int i) {
        return labels[order[i]];
    }

    /** Returns the same images with pixels from 0 to {@code newWhite} in a batch; initially 1. */
    public ImageSet withWhite(float newWhite) {
        return new ImageSet(pixels, labels, height, width, classes, order, newWhite);
    }

    /** Returns the first {@code count} images of this set, in the same order. */
    public ImageSet first(int count) {
        if (count < 1 || count > order.length) {
            throw new IllegalArgumentException(
                    "count must be from 1 to the " + order.length + " images, got " + count);
        }
        return with(Arrays.copyOf(order, count));
    }

    /** Returns the same images in an order that depends only on the seed. */
    public ImageSet shuffled(long seed) {
        int[] shuffled = order.clone();
        Random random = new Random(seed);
        for (int i = shuffled.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int moved = shuffled[i];
            shuffled[i] = shuffled[j];
            shuffled[j] = moved;
        }
        return with(shuffled);
    }

    /**
     * Returns the share of one worker: after a shuffle that is the same for all, every {@code workers}-th image. Shares
     * are disjoint and of the same size, so that all workers take the same number of steps; up to {@code workers - 1}
     * remaining images are omitted.
     *
     * @param worker from 0 to {@code workers - 1}
     */
    public ImageSet shard(int worker, int workers, long seed) {
        if (worker < 0 || worker >= workers) {
            throw new IllegalArgumentException("worker must be from 0 to " + (workers - 1) + ", got " + worker);
        }
        if (order.length < workers) {
            throw new IllegalArgumentException(order.length + " images are too few for " + workers + " workers");
        }
        int[] all = shuffled(seed).order;
        int[] share = new int[all.length / workers];
        for (int i = 0; i < share.length; i++) {
            share[i] = all[i * workers + worker];
        }
        return with(share);
    }

    /**
     * Returns the images {@code [from, from + count)} in the form DL4J expects.
     *
     * @return features [count, 1, height, width] in [0, 1], or up to another {@linkplain #withWhite white}, and one-hot
     *         labels [count, classes]
     */
    public DataSet batch(int from, int count) {
        Objects.checkFromIndexSize(from, count, order.length);
        int area = height * width;
        float[] features = new float[count * area];
        float[] oneHot = new float[count * classes];
        for (int i = 0; i < count; i++) {
            int image = order[from + i];
            for (int p = 0; p < area; p++) {
                features[i * area + p] = (pixels[image * area + p] & 0xff) / 255f * white;
            }
            oneHot[i * classes + labels[image]] = 1;
        }
        INDArray x = Nd4j.create(features, new long[]{count, 1, height, width}, 'c');
        return new DataSet(x, Nd4j.create(oneHot, new long[]{count, classes}, 'c'));
    }

    /** Returns the pixels of every image, as in a {@link #batch}. */
    public float[][] vectors() {
        int area = height * width;
        float[][] vectors = new float[order.length][area];
        for (int i = 0; i < order.length; i++) {
            for (int p = 0; p < area; p++) {
                vectors[i][p] = (pixels[order[i] * area + p] & 0xff) / 255f * white;
            }
        }
        return vectors;
    }

    /**
     * Returns batches of this set for {@code MultiLayerNetwork.fit}, shuffled again every epoch by {@code seed} and the
     * number of the epoch. The last batch of an epoch may be smaller.
     */
    public ImageIterator batches(int batchSize, long seed) {
        return new ImageIterator(this, batchSize, seed);
    }

    private ImageSet with(int[] newOrder) {
        return new ImageSet(pixels, labels, height, width, classes, newOrder, white);
    }
}
