package org.eden4j.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.dl4j.RandomNumbers;
import org.eden4j.dl4j.TrainedNetwork;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Trains one worker's network for the steps of one round, and returns what it has learnt, compressed. A task that Spark runs again
 * returns the same worker's update of the same round.
 *
 * @param terms of the training
 * @param fit number of the data set, from 0
 * @param round from 0
 * @param start the network's iteration and epoch before the first round
 * @param store what this executor has kept
 * @param base the parameters that all have in common
 * @param counters shown in Spark's user interface
 */
record RoundTask(Terms terms, int fit, int round, Counters start, Broadcast<ReplicaStore> store,
        CommonBase base, UiCounters counters) implements Function2<Integer, Iterator<DataSet>, Iterator<GradientSum>> {
    private static final int ROUNDS = 1 << 20;

    @Override
    public Iterator<GradientSum> call(Integer worker, Iterator<DataSet> elements) {
        List<DataSet> batches = new ArrayList<>();
        elements.forEachRemaining(batches::add);
        long total = (long) batches.size() * terms.epochs();
        long first = (long) round * terms.averagingFrequency();
        long end = Math.min(total, first + terms.averagingFrequency());
        if (first >= end) {
            return List.of(new GradientSum()).iterator();
        }
        try {
            return List.of(learn(worker, batches, first, end, end < total)).iterator();
        } finally {
            RandomNumbers.endThread();
        }
    }

    private GradientSum learn(int worker, List<DataSet> batches, long first, long end, boolean more) {
        ReplicaStore replicas = store.value();
        float[] common = replicas.common(round, base);
        Model network = replicas.take(worker, round).network();
        TrainedNetwork trained = new TrainedNetwork(network);
        ReplicaStore.set(network, common);
        trained.count(start.iteration() + steps(trained, batches, first),
                start.epoch() + (int) (first / batches.size()));
        trained.constrain();
        RandomNumbers.seed(terms.seed(), (fit + 1) * ROUNDS + round, worker);
        TaskContext task = TaskContext.get();
        long examples = 0;
        for (long step = first; step < end; step++) {
            if (task.isInterrupted()) {
                throw new TaskKilledException("this worker's task was cancelled");
            }
            DataSet batch = batches.get((int) (step % batches.size()));
            trained.count(trained.iteration(), start.epoch() + (int) (step / batches.size()));
            trained.fit(batch);
            examples += batch.numExamples();
        }
        UpdateLayout layout = LayerRules.parse(terms.rules()).layout(network, terms.method());
        CompressedGradient update = Containers.encode(layout, terms.jobSeed(fit), round, worker,
                change(network, common));
        counters.update(update.size());
        GradientSum sum = GradientSum.of(update, examples, trained.iteration(), more);
        replicas.put(worker, new ReplicaStore.Replica(network, round + 1));
        return sum;
    }

    /** Steps of the batches before one. */
    private static int steps(TrainedNetwork network, List<DataSet> batches, long before) {
        long epoch = batches.stream().mapToLong(network::steps).sum();
        long rest = batches.stream().limit(before % batches.size()).mapToLong(network::steps).sum();
        return Math.toIntExact(before / batches.size() * epoch + rest);
    }

    private static float[] change(Model network, float[] common) {
        float[] change = ReplicaStore.parameters(network);
        for (int i = 0; i < change.length; i++) {
            change[i] -= common[i];
            if (!Float.isFinite(change[i])) {
                throw new IllegalStateException("training diverged: the change of parameter " + i + " is " + change[i]
                        + ": lower the learning rate or clip gradients; nothing was sent");
            }
        }
        return change;
    }
}
