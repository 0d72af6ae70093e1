package org.eden4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.UpdateLayout;
import org.eden4j.compressor.container.CompressedGradient;
import org.eden4j.dl4j.LayerRules;
import org.eden4j.dl4j.NetworkState;
import org.eden4j.dl4j.TrainedNetwork;
import org.nd4j.linalg.dataset.DataSet;

/**
 * One training whose workers meet by Spark alone. With c the parameters that all have in common and p_w those of worker w after n_w
 * more examples,
 *
 * <pre>
 * d_w = p_w - c                     a task's result, compressed
 * m   = sum(n_w d_w) / sum(n_w)     treeAggregate of the containers; decoded on the driver
 * c'  = c + m^                      m^ is a broadcast, compressed; driver and executors add the same bytes
 * </pre>
 *
 * <p>Every {@value #REBASE} rounds the driver offers c itself, so that an executor that is new need not ask for more means than
 * that.
 */
final class SparkRounds {
    private static final int REBASE = 50;

    private final JavaSparkContext sc;
    private final StageWatch watch;
    private final Terms terms;
    private final int depth;
    private final Consumer<RoundSummary> onRound;
    private CommonBase base;
    private float[] common;
    private long bytesUp;
    private long bytesDown;

    /**
     * @param watch of the thread that calls {@link #run}
     * @param depth of the tree that adds updates up, 1 for none
     */
    SparkRounds(JavaSparkContext sc, StageWatch watch, Terms terms, int depth,
            Consumer<RoundSummary> onRound) {
        this.sc = sc;
        this.watch = watch;
        this.terms = terms;
        this.depth = depth;
        this.onRound = onRound;
    }

    /**
     * Trains the network of a training on shares, one for each worker, from the round that it has come to until the end of the current
     * fit.
     */
    FitReport run(Course course, JavaRDD<DataSet> shares) {
        NetworkPlan plan = course.plan();
        Counters start = course.progress().start();
        int fit = course.progress().parts();
        int first = course.progress().done();
        Model network = plan.create();
        TrainedNetwork trained = new TrainedNetwork(network);
        UpdateLayout up = LayerRules.parse(terms.rules()).layout(network, terms.method());
        UpdateLayout down = up.downlink(terms.method(), terms.downlink());
        common = ReplicaStore.parameters(network);
        base = new CommonBase(first, null, List.of());
        int batchSize = terms.batchSize();
        JavaRDD<DataSet> batches = shares.mapPartitions(elements -> Batches.of(elements, batchSize).iterator())
            .persist(StorageLevel.MEMORY_AND_DISK());
        UiCounters counters = UiCounters.of(sc.sc());
        Broadcast<ReplicaStore> store = sc.broadcast(new ReplicaStore(plan));
        try {
            int round = first;
            int iteration = trained.iteration();
            boolean more = true;
            while (more) {
                watch.describe("round " + round + " of " + terms.workers() + " workers, " + bytesUp + " bytes up and "
                        + bytesDown + " down before");
                GradientSum sum = batches
                    .mapPartitionsWithIndex(new RoundTask(terms, fit, round, start, store, base, counters), true)
                    .treeAggregate(new GradientSum(), GradientSum::add, GradientSum::add, depth);
                more = sum.more();
                if (!sum.isEmpty()) {
                    move(round, sum,
                            Containers.encode(down, terms.jobSeed(fit), round, BlockSeed.AGGREGATOR, sum.mean()));
                    iteration = Math.max(iteration, sum.iteration());
                    round++;
                    if (more && course.savesBefore(round)) {
                        ReplicaStore.set(network, common);
                        trained.count(iteration, start.epoch());
                        course.beginRound(NetworkState.of(network), round);
                    }
                }
            }
            ReplicaStore.set(network, common);
            trained.count(iteration, start.epoch() + terms.epochs());
            trained.constrain();
            watch.awaitIdle();
            course.endFit(NetworkState.of(network));
            return new FitReport(terms.workers(), round - first, bytesUp, bytesDown, List.of(), watch.counts());
        } finally {
            drop(base);
            store.destroy();
            batches.unpersist(false);
        }
    }

    private void move(int round, GradientSum sum, CompressedGradient mean) {
        common = ReplicaStore.moved(common, mean);
        List<Broadcast<CompressedGradient>> means = new ArrayList<>(base.means());
        means.add(sc.broadcast(mean));
        CommonBase next = new CommonBase(base.round(), base.parameters(), List.copyOf(means));
        if (means.size() == REBASE) {
            drop(next);
            next = new CommonBase(round + 1, sc.broadcast(common), List.of());
        }
        base = next;
        long toAll = (long) mean.size() * sum.contributors().size();
        bytesUp += sum.bytes();
        bytesDown += toAll;
        onRound.accept(new RoundSummary(round, sum.contributors(), sum.bytes(), toAll));
    }

    private static void drop(CommonBase base) {
        base.means().forEach(Broadcast::destroy);
        if (base.parameters() != null) {
            base.parameters().destroy();
        }
    }
}
