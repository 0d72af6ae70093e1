package org.eden4j.spark;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Trains for a moment in executors that have no worker, see {@link WarmUpTask}: after a round of all workers, and again when executors
 * have come. Where a worker's task is lost, Spark runs it again in a slot that is free, and the executor with that slot must not need
 * seconds of processor time to compile beside workers that keep the processors busy.
 */
final class WarmUp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int LOOKS = 20;

    private final StageWatch watch;
    private final JavaRDD<DataSet> shares;
    private final WarmUpTask task;
    /** Executors that had come at the last call, -1 before the first. */
    private int seen = -1;
    /** How often to look for executors without a task: Spark lists one some time after it has come. */
    private int looks;
    private boolean begun;
    private boolean failed;
    private Future<Void> running;

    /**
     * @param watch of the thread that calls all methods
     * @param shares of the workers
     */
    WarmUp(StageWatch watch, JavaRDD<DataSet> shares, WarmUpTask task) {
        this.watch = watch;
        this.shares = shares;
        this.task = task;
    }

    /**
     * Begins a warm-up if there are executors for one; ends one that takes a slot from a worker.
     *
     * @param complete whether all workers took part in the last round
     */
    void check(boolean complete) {
        int workers = shares.getNumPartitions();
        if (watch.runningWorkers() < workers) {
            if (running != null) {
                looks = LOOKS;
            }
            close();
            return;
        }
        int now = watch.executorsAdded();
        looks = now == seen ? looks : LOOKS;
        seen = now;
        if (!complete || looks == 0 || isRunning() || failed || begun && isShuffled(shares.rdd())) {
            return;
        }
        looks--;
        int slots = Math.min(workers, slotsBesideIdleExecutors());
        if (slots > 0) {
            looks = 0;
            begun = true;
            running = watch.submitWarmUp(() -> first(slots, shares.rdd()).foreachPartitionAsync(task));
        }
    }

    /** Returns whether partitions come from a shuffle, whose lost outputs a later warm-up would have to compute again. */
    private static boolean isShuffled(RDD<?> data) {
        return CollectionConverters.asJava(data.dependencies())
            .stream()
            .anyMatch(dependency -> dependency instanceof ShuffleDependency || isShuffled(dependency.rdd()));
    }

    private boolean isRunning() {
        if (running != null && running.isDone()) {
            try {
                running.get();
            } catch (ExecutionException e) {
                failed = true; // perhaps it ends executors, of which Spark allows some only
                LOG.warn("executors without a worker have not compiled a worker's code", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                running = null;
            }
        }
        return running != null;
    }

    /** Slots that are free, 0 if there is no executor without a task. Spark deals tasks out to executors in turn. */
    private int slotsBesideIdleExecutors() {
        List<ExecutorSummary> executors = CollectionConverters
            .asJava(shares.context().statusStore().executorList(true));
        boolean idle = false;
        int free = 0;
        for (ExecutorSummary executor : executors) {
            idle |= executor.activeTasks() == 0 && executor.maxTasks() > 0;
            free += Math.max(0, executor.maxTasks() - executor.activeTasks());
        }
        return idle ? free : 0;
    }

    /** Partitions from the first, this number of them. */
    private static JavaRDD<DataSet> first(int count, RDD<DataSet> shares) {
        Function1<Object, Object> isFirst = (Function1<Object, Object> & Serializable) partition -> (Integer) partition < count;
        return PartitionPruningRDD.create(shares, isFirst).toJavaRDD();
    }

    @Override
    public void close() {
        if (running != null) {
            running.cancel(true);
            running = null;
        }
    }
}
