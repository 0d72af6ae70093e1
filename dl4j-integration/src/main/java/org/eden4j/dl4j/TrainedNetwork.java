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
 * What {@code MultiLayerNetwork} and {@code ComputationGraph} both have, without an interface of DL4J's that says so.
 *
 * @param model one of the two
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

    /** Null where the updater has no state, as plain SGD. */
    private INDArray updaterState() {
        return model instanceof MultiLayerNetwork network ? network.getUpdater().getStateViewArray()
                : graph().getUpdater().getStateViewArray();
    }

    /** The updater's state; empty where it has none. */
    Optional<FlatArray> updater() {
        return Optional.ofNullable(updaterState()).map(state -> FlatArray.of("updater's state", state));
    }

    /** Everything that holds parameters, in no particular order: layers, or the vertices of a graph. */
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

    /** Whether sequences are trained in segments, each of which starts from where the one before has left the layers. */
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

    /** Steps that the network takes for a batch: one, or one for each segment of its sequences. */
    public int steps(DataSet batch) {
        if (!trainsInSegments()) {
            return 1;
        }
        int segment = model instanceof MultiLayerNetwork network
                ? network.getLayerWiseConfigurations().getTbpttFwdLength()
                : graph().getConfiguration().getTbpttFwdLength();
        return Math.toIntExact(Math.ceilDiv(batch.getFeatures().size(2), segment));
    }

    /** Steps that the network has taken, from its first one on. */
    public int iteration() {
        return model instanceof MultiLayerNetwork network ? network.getIterationCount() : graph().getIterationCount();
    }

    /** Epochs that it has been through. */
    public int epoch() {
        return model instanceof MultiLayerNetwork network ? network.getEpochCount() : graph().getEpochCount();
    }

    /** Sets the numbers of the next iteration and of the epoch. */
    public void count(int iteration, int epoch) {
        if (model instanceof MultiLayerNetwork network) {
            network.setIterationCount(iteration);
            network.setEpochCount(epoch);
        } else {
            graph().getConfiguration().setIterationCount(iteration);
            graph().getConfiguration().setEpochCount(epoch);
        }
    }

    /** Brings the parameters within the constraints of their layers; equal parameters stay equal. */
    public void constrain() {
        model.applyConstraints(iteration(), epoch());
    }

    /** Takes a listener off the network. */
    void remove(TrainingListener listener) {
        List<TrainingListener> others = new ArrayList<>(listeners());
        others.removeIf(other -> other == listener);
        model.setListeners(others);
    }

    private ComputationGraph graph() {
        return (ComputationGraph) model;
    }
}
