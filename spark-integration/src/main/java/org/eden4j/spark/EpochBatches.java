package org.eden4j.spark;

import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.eden4j.dl4j.TrainedNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * A worker's batches in each of its epochs. Which one comes next follows from the network's iteration: a worker that has come
 * back to the job, and has taken over the others' iteration, goes on with the batch at which it would be by now. For the thread
 * that trains.
 */
final class EpochBatches implements DataSetIterator {
    private static final long serialVersionUID = 1;

    private final transient List<DataSet> batches;
    private final transient TrainedNetwork network;
    private final transient TaskContext task;
    /** The step of an epoch with which each batch begins, and the number of steps at the end. */
    private final int[] firstSteps;
    private final int start;
    private final int epochs;
    private int epoch;

    /**
     * @param start the network's iteration before the first epoch
     * @param task what may be cancelled
     */
    EpochBatches(List<DataSet> batches, TrainedNetwork network, int start, int epochs, TaskContext task) {
        this.batches = batches;
        this.network = network;
        this.start = start;
        this.epochs = epochs;
        this.task = task;
        firstSteps = new int[batches.size() + 1];
        for (int batch = 0; batch < batches.size(); batch++) {
            firstSteps[batch + 1] = firstSteps[batch] + network.steps(batches.get(batch));
        }
    }

    private int stepsPerEpoch() {
        return firstSteps[batches.size()];
    }

    /** Goes to the epoch that the network's iteration is in; whether there is one. */
    boolean nextEpoch() {
        if (batches.isEmpty()) {
            return false;
        }
        epoch = (network.iteration() - start) / stepsPerEpoch();
        return epoch < epochs;
    }

    /** The number of the batch that comes next. */
    private int nextBatch() {
        int step = network.iteration() - start - epoch * stepsPerEpoch();
        int batch = 0;
        while (batch < batches.size() && firstSteps[batch] < step) {
            batch++;
        }
        return batch;
    }

    @Override
    public boolean hasNext() {
        if (task.isInterrupted()) {
            throw new TaskKilledException("this worker's task was cancelled");
        }
        return nextBatch() < batches.size();
    }

    @Override
    public DataSet next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch has ended");
        }
        return batches.get(nextBatch());
    }

    @Override
    public DataSet next(int count) {
        throw new IllegalArgumentException("batches come as they were cut, not " + count + " examples at a time");
    }

    /** An epoch is over when the network's iteration says so. */
    @Override
    public void reset() {
        // nothing is kept from one epoch to the next
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** The iteration counts in the thread that trains. */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public int batch() {
        return batches.isEmpty() ? 0 : batches.getFirst().numExamples();
    }

    @Override
    public int inputColumns() {
        return batches.getFirst().numInputs();
    }

    @Override
    public int totalOutcomes() {
        return batches.getFirst().numOutcomes();
    }

    @Override
    public List<String> getLabels() {
        return List.of();
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        throw new IllegalArgumentException("preprocess the elements of the data set");
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return null;
    }
}
