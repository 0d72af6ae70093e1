package org.eden4j.simulator.train;

import java.util.List;
import java.util.function.LongSupplier;
import org.eden4j.simulator.data.ImageIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * A worker's batches, as many a pass as the job's rounds leave: a worker that has joined late, or was brought up to the others,
 * ends each pass with them. For one that has been there all the time a pass is all of its batches.
 */
final class PacedBatches implements DataSetIterator {
    private static final long serialVersionUID = 1;

    private final ImageIterator batches;
    private final transient LongSupplier round;
    private final int every;
    private long passEnd;
    private long lastRound = -1;
    private int sinceRound;

    /**
     * @param round the job's round, as the worker knows it
     * @param every steps between exchanges
     */
    PacedBatches(ImageIterator batches, LongSupplier round, int every) {
        this.batches = batches;
        this.round = round;
        this.every = every;
    }

    /** Lets the pass end after this number of steps of the whole training. */
    void passUntil(long step) {
        passEnd = step;
    }

    /** Steps of the whole training that are done. */
    long steps() {
        long now = round.getAsLong();
        if (now != lastRound) {
            lastRound = now;
            sinceRound = 0;
        }
        return now * every + sinceRound;
    }

    @Override
    public boolean hasNext() {
        return steps() < passEnd;
    }

    @Override
    public DataSet next() {
        if (!batches.hasNext()) {
            batches.reset();
        }
        steps();
        sinceRound++;
        return batches.next();
    }

    @Override
    public DataSet next(int count) {
        throw new IllegalArgumentException("batches are of " + batches.batch() + " images, not " + count);
    }

    @Override
    public void reset() {
        // passes follow each other, each in another order: the batches begin again when they are used up
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
        return batches.batch();
    }

    @Override
    public int inputColumns() {
        return batches.inputColumns();
    }

    @Override
    public int totalOutcomes() {
        return batches.totalOutcomes();
    }

    @Override
    public List<String> getLabels() {
        return batches.getLabels();
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        batches.setPreProcessor(preProcessor);
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return batches.getPreProcessor();
    }
}
