package org.eden4j.simulator.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TrainingPlan;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Reads the share of a worker in the task that trains on it: from the worker's number, its batches in the same order each time.
 *
 * @param model determines the number of images
 * @param quick whether the short plan is used
 * @param data {@code builtin}, or a directory on each executor
 * @param workers number of shares
 * @param seed seed of the shares
 */
record SparkShare(ImageModel model, boolean quick, String data, int workers,
        long seed) implements FlatMapFunction<Integer, DataSet> {
    @Override
    public Iterator<DataSet> call(Integer worker) throws IOException {
        TrainingPlan plan = TrainingPlan.of(model, quick, 0, 0);
        ImageSet share = plan.shard(FashionMnist.parse(data).train(), worker, workers, seed);
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from < share.size(); from += plan.batch()) {
            batches.add(share.batch(from, Math.min(plan.batch(), share.size() - from)));
        }
        return batches.iterator();
    }
}
