package org.eden4j.simulator.data;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Iterates over an {@link ImageSet} batch by batch, in a different order each epoch that depends only on the seed and
 * the number of the epoch. Does not request DL4J's prefetching thread: creating a batch is cheap, and a run has no more
 * cores than processes.
 *
 * <p>An epoch ends with {@link #reset()}, which DL4J calls before each further pass over an iterator.
 */
public final class ImageIterator implements DataSetIterator {
    private static final long serialVersionUID = 1;

    private final ImageSet images;
    private final int batchSize;
    private final long seed;
    private ImageSet current;
    private int epoch;
    private int position;
    private DataSetPreProcessor preProcessor;

    ImageIterator(ImageSet images, int batchSize, long seed) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size must be at least 1, got " + batchSize);
        }
        this.images = images;
        this.batchSize = batchSize;
        this.seed = seed;
        current = shuffledForEpoch();
    }

    /** Returns the number of batches per epoch. */
    public int batchesPerEpoch() {
        return Math.ceilDiv(images.size(), batchSize);
    }

    @Override
    public boolean hasNext() {
        return position < current.size();
    }

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    @Override
    public DataSet next(int count) {
        if (!hasNext()) {
            throw new NoSuchElementException(
                    "epoch " + epoch + " of " + images.size() + " images is over: call reset()");
        }
        int taken = Math.min(count, current.size() - position);
        DataSet batch = current.batch(position, taken);
        position += taken;
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    @Override
    public void reset() {
        epoch++;
        position = 0;
        current = shuffledForEpoch();
    }

    private ImageSet shuffledForEpoch() {
        return images.shuffled(seed * 0x9E3779B97F4A7C15L + epoch);
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public int batch() {
        return batchSize;
    }

    @Override
    public int inputColumns() {
        return images.height() * images.width();
    }

    @Override
    public int totalOutcomes() {
        return images.classes();
    }

    @Override
    public List<String> getLabels() {
        return IntStream.range(0, images.classes()).mapToObj(Integer::toString).toList();
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }
}
