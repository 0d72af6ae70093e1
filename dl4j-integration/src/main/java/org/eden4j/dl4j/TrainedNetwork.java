package org.eden4j.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * The common methods of {@code MultiLayerNetwork} and {@code ComputationGraph}, for which DL4J has no interface.
 *
 * @param model a network of either class
 */
public record TrainedNetwork(Model model) {
    public TrainedNetwork {
        if (!(model instanceof MultiLayerNetwork) && !(model instanceof ComputationGraph)) {
            throw new IllegalArgumentException("a " + model.getClass().getName()
                    + " cannot be a replica, only a MultiLayerNetwork or a ComputationGraph");
        }
    }

    FlatArray parameters() {
        return FlatArray.of("parameters", model.params());
    }

    /** Returns null if the updater has no state, as with plain SGD. */
    private INDArray updaterState() {
        return model instanceof MultiLayerNetwork network ? network.getUpdater().getStateViewArray()
                : graph().getUpdater().getStateViewArray();
    }

    /** Returns the updater state; empty if there is none. */
    Optional<FlatArray> updater() {
        return Optional.ofNullable(updaterState()).map(state -> FlatArray.of("updater's state", state));
    }

    /** Returns the layers, or the vertices of a graph: everything that holds parameters, in no particular order. */
    List<? extends Trainable> parts() {
        return model instanceof MultiLayerNetwork network ? Arrays.asList(network.getLayers())
                : Arrays.asList(graph().getVertices());
    }

    List<Layer> layers() {
        return Arrays.asList(model instanceof MultiLayerNetwork network ? network.getLayers() : graph().getLayers());
    }

    Collection<TrainingListener> listeners() {
        return model instanceof MultiLayerNetwork network ? network.getListeners() : graph().getListeners();
    }

    /**
     * Returns whether sequences are trained in segments, each of which starts from the state that the previous one left
     * in the layers.
     */
    boolean trainsInSegments() {
        BackpropType type = model instanceof MultiLayerNetwork network
                ? network.getLayerWiseConfigurations().getBackpropType()
                : graph().getConfiguration().getBackpropType();
        return type == BackpropType.TruncatedBPTT;
    }

    /** Trains on the batches of an iterator, for one epoch. */
    public void fit(DataSetIterator batches) {
        if (model instanceof MultiLayerNetwork network) {
            network.fit(batches);
        } else {
            graph().fit(batches);
        }
    }

    /** Trains on one batch. */
    public void fit(DataSet batch) {
        if (model instanceof MultiLayerNetwork network) {
            network.fit(batch);
        } else {
            graph().fit(batch);
        }
    }

    /** Returns the number of steps that the network takes for a batch: one, or one per segment of its sequences. */
    public int steps(DataSet batch) {
        if (!trainsInSegments()) {
            return 1;
        }
        int segment = model instanceof MultiLayerNetwork network
                ? network.getLayerWiseConfigurations().getTbpttFwdLength()
                : graph().getConfiguration().getTbpttFwdLength();
        return Math.toIntExact(Math.ceilDiv(batch.getFeatures().size(2), segment));
    }

    /** Returns the number of steps taken since the network was initialised. */
    public int iteration() {
        return model instanceof MultiLayerNetwork network ? network.getIterationCount() : graph().getIterationCount();
    }

    /** Returns the number of completed epochs. */
    public int epoch() {
        return model instanceof MultiLayerNetwork network ? network.getEpochCount() : graph().getEpochCount();
    }

    /** Sets the counters of the next iteration and of the epoch. */
    public void count(int iteration, int epoch) {
        if (model instanceof MultiLayerNetwork network) {
            network.setIterationCount(iteration);
            network.setEpochCount(epoch);
        } else {
            graph().getConfiguration().setIterationCount(iteration);
            graph().getConfiguration().setEpochCount(epoch);
        }
    }

    /** Applies the constraints of the layers to the parameters; equal parameters stay equal. */
    public void constrain() {
        model.applyConstraints(iteration(), epoch());
    }

    /** Removes a listener from the network. */
    void remove(TrainingListener listener) {
        List<TrainingListener> others = new ArrayList<>(listeners());
        others.removeIf(other -> other == listener);
        model.setListeners(others);
    }

    private ComputationGraph graph() {
        return (ComputationGraph) model;
    }
}
