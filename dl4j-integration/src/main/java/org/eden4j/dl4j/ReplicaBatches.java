package org.eden4j.dl4j;

import java.util.List;
import java.util.NoSuchElementException;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The batches of one epoch that a replica is dealt. In a turn that leaves it without a batch, the replica still takes
 * part in the step of the others, so that replicas stay equal and no round waits for it: under gradient sharing with a
 * gradient of weight 0, under averaging without a gradient. Used by the training thread only.
 */
final class ReplicaBatches implements DataSetIterator {
    private static final long serialVersionUID = 1;

    private final transient BatchDealer dealer;
    private final int replica;
    private final transient TrainedNetwork network;
    private final transient EdenListener listener;
    private transient BatchDealer.Dealt next;

    ReplicaBatches(BatchDealer dealer, int replica, TrainedNetwork network, EdenListener listener) {
        this.dealer = dealer;
        this.replica = replica;
        this.network = network;
        this.listener = listener;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            next = dealer.take(replica);
            if (next.ends() || next.counts()) {
                break;
            }
            if (listener instanceof GradientSharing) {
                listener.followNextStep();
            } else {
                for (int step = network.steps(next.batch()); step > 0; step--) {
                    listener.missStep();
                }
                next = null;
            }
        }
        return !next.ends();
    }

    @Override
    public DataSet next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch has ended");
        }
        DataSet batch = next.batch();
        next = null;
        return batch;
    }

    @Override
    public DataSet next(int count) {
        throw new IllegalArgumentException(
                "batches have the size that the dealt iterator gives them, not " + count + " examples");
    }

    /** Does nothing: an epoch is dealt once. */
    @Override
    public void reset() {
        // the next epoch has its own iterator
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** Returns false: batches must be taken in the training thread, which also takes steps without a batch. */
    @Override
    public boolean asyncSupported() {
        return false;
    }

    @Override
    public int batch() {
        return 0;
    }

    @Override
    public int inputColumns() {
        return 0;
    }

    @Override
    public int totalOutcomes() {
        return 0;
    }

    @Override
    public List<String> getLabels() {
        return List.of();
    }

    @Override
    public void setPreProcessor(DataSetPreProcessor preProcessor) {
        throw new IllegalArgumentException("set the preprocessor of the iterator that is dealt");
    }

    @Override
    public DataSetPreProcessor getPreProcessor() {
        return null;
    }
}
