package org.eden4j.spark;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Scores a network on one partition. */
record EvaluationTask(Broadcast<NetworkPlan> plan) implements FlatMapFunction<Iterator<DataSet>, Evaluation> {
    @Override
    public Iterator<Evaluation> call(Iterator<DataSet> batches) {
        if (!batches.hasNext()) {
            return List.<Evaluation>of().iterator();
        }
        Model network = plan.value().create();
        Evaluation evaluation = new Evaluation();
        while (batches.hasNext()) {
            DataSet batch = batches.next();
            INDArray output = network instanceof MultiLayerNetwork layers ? layers.output(batch.getFeatures(), false)
                    : ((ComputationGraph) network).outputSingle(false, batch.getFeatures());
            evaluation.eval(batch.getLabels(), output, batch.getLabelsMaskArray());
        }
        return List.of(evaluation).iterator();
    }
}
