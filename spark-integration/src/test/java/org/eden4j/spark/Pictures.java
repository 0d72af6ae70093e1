package org.eden4j.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.eden4j.simulator.data.FashionMnist;
import org.eden4j.simulator.data.ImageSet;
import org.eden4j.simulator.model.ImageModel;
import org.eden4j.simulator.model.TrainingPlan;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The demo's networks and pictures.
 *
 * @param plan what is trained
 * @param workers how many shares there are
 * @param seed of weights and shares
 */
record Pictures(TrainingPlan plan, int workers, long seed) {
    /** Creates a training with this number of steps per worker and epoch. */
    static Pictures of(ImageModel model, int workers, int steps, int epochs, long seed) {
        TrainingPlan quick = TrainingPlan.quick(model);
        return new Pictures(new TrainingPlan(model, workers * steps * quick.batch(), quick.batch(), quick.every(),
                epochs, quick.learningRate()), workers, seed);
    }

    MultiLayerConfiguration configuration() {
        return plan.network(share(0), seed).getLayerWiseConfigurations();
    }

    private ImageSet share(int worker) {
        try {
            return plan.shard(FashionMnist.embedded().train(), worker, workers, seed);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The batches of one worker. */
    List<DataSet> batches(int worker) {
        ImageSet share = share(worker);
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from < share.size(); from += plan.batch()) {
            batches.add(share.batch(from, Math.min(plan.batch(), share.size() - from)));
        }
        return batches;
    }

    /** The batches of all workers. */
    List<List<DataSet>> shares() {
        List<List<DataSet>> shares = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            shares.add(batches(worker));
        }
        return shares;
    }

    /** The same as a data set whose partition w is worker w's share. */
    JavaRDD<DataSet> data(JavaSparkContext sc) {
        return sc.parallelize(shares().stream().flatMap(List::stream).toList(), workers);
    }
}
