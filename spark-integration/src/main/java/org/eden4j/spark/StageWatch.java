package org.eden4j.spark;

import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.storage.BlockUpdatedInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Follows the Spark jobs of one training by Spark's own events: which workers have had a slot, which tasks still run, what Spark
 * counts. Jobs are known by a local property of the thread that submits them. Events come late by some milliseconds, in a thread
 * of Spark's; thread-safe.
 */
final class StageWatch extends SparkListener implements AutoCloseable {
    private static final String PROPERTY = "eden4j.training";
    private static final String WORKERS = "eden4j.workers";
    static final String WARM_UP = "eden4j.warmUp";
    private static final String INTERRUPT = "spark.job.interruptOnCancel";
    private static final String DESCRIPTION = "spark.job.description";
    /** Tasks that were cancelled have this time to end. */
    private static final Duration WIND_UP = Duration.ofSeconds(10);

    private final JavaSparkContext sc;
    private final String training;
    private final String interruptBefore;
    private final String descriptionBefore;
    private final Set<Integer> jobs = new HashSet<>();
    private final Set<Integer> stages = new HashSet<>();
    /** Stages that are none of the training's work. */
    private final Set<Integer> warmUps = new HashSet<>();
    private int executorsAdded;
    /** The last stage of the workers' job. */
    private int workersStage = -1;
    private final BitSet begun = new BitSet();
    private int runningWorkers;
    private int running;
    private long firstTaskNs;
    private long tasks;
    private long retriedTasks;
    private long stageRestarts;
    private long resultBytes;
    private long shuffleBytes;
    private long broadcastBytes;

    private StageWatch(JavaSparkContext sc, String training) {
        this.sc = sc;
        this.training = training;
        interruptBefore = sc.getLocalProperty(INTERRUPT);
        descriptionBefore = sc.getLocalProperty(DESCRIPTION);
    }

    /** Watches the jobs that the calling thread submits from now on until this is closed; their tasks are interrupted when they are cancelled. */
    static StageWatch of(JavaSparkContext sc, String training) {
        StageWatch watch = new StageWatch(sc, training);
        sc.sc().addSparkListener(watch);
        sc.setLocalProperty(PROPERTY, training);
        sc.setLocalProperty(INTERRUPT, "true");
        sc.addJobTag(training);
        return watch;
    }

    /**
     * Does what runs Spark jobs. Where it fails, they are cancelled.
     *
     * @throws IllegalStateException if a job has failed or was cancelled, or this thread was interrupted: then its flag is set
     */
    <T> T run(Supplier<T> jobs) {
        try {
            T result = jobs.get();
            awaitIdle();
            return result;
        } catch (Exception e) { // Spark throws what it does not declare
            sc.cancelJobsWithTag(training);
            awaitIdle();
            if (e instanceof InterruptedException || e.getCause() instanceof InterruptedException) {
                Thread.currentThread().interrupt(); // last of all: Spark cannot clean up in a thread that is interrupted
            }
            if (e instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e instanceof InterruptedException interruption) {
                throw interrupted(interruption);
            }
            throw new IllegalStateException("training on Spark has ended: " + e.getMessage(), e);
        }
    }

    /** Returns the exception that {@link #run} throws if its thread was interrupted. */
    static IllegalStateException interrupted(InterruptedException e) {
        return new IllegalStateException("training was interrupted", e);
    }

    /** Says what the next jobs do, for Spark's user interface. */
    void describe(String text) {
        sc.setJobDescription("eden4j: " + text);
    }

    /** Submits the job of the workers. */
    <T> T submitWorkers(Supplier<T> job) {
        forgetWorkers();
        return submit(WORKERS, job);
    }

    /** Submits a job that is awaited and cancelled as the others are, but not counted, broadcasts apart; its tasks are not interrupted. */
    <T> T submitWarmUp(Supplier<T> job) {
        String description = sc.getLocalProperty(DESCRIPTION);
        describe("executors without a worker compile a worker's code");
        sc.setLocalProperty(INTERRUPT, "false");
        try {
            return submit(WARM_UP, job);
        } finally {
            sc.setLocalProperty(INTERRUPT, "true");
            sc.setLocalProperty(DESCRIPTION, description);
        }
    }

    private <T> T submit(String kind, Supplier<T> job) {
        sc.setLocalProperty(kind, "true");
        try {
            return job.get();
        } finally {
            sc.setLocalProperty(kind, null);
        }
    }

    /** A training with checkpoints has such a job after each. */
    private synchronized void forgetWorkers() {
        workersStage = -1;
        begun.clear();
        runningWorkers = 0;
        firstTaskNs = 0;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart start) {
        if (start.properties() == null || !training.equals(start.properties().getProperty(PROPERTY))) {
            return;
        }
        jobs.add(start.jobId());
        boolean workers = start.properties().getProperty(WORKERS) != null;
        boolean warmUp = start.properties().getProperty(WARM_UP) != null;
        for (Object stage : CollectionConverters.asJava(start.stageIds())) {
            if (stages.add((Integer) stage) && warmUp) {
                warmUps.add((Integer) stage);
            }
            workersStage = workers ? Math.max(workersStage, (Integer) stage) : workersStage;
        }
        notifyAll();
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
        if (counted(submitted.stageInfo().stageId()) && submitted.stageInfo().attemptNumber() > 0) {
            stageRestarts++;
        }
    }

    private boolean counted(int stage) {
        return stages.contains(stage) && !warmUps.contains(stage);
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart start) {
        if (!stages.contains(start.stageId())) {
            return;
        }
        running++;
        retriedTasks += counted(start.stageId()) && start.taskInfo().attemptNumber() > 0 ? 1 : 0;
        if (start.stageId() == workersStage) {
            firstTaskNs = firstTaskNs == 0 ? System.nanoTime() : firstTaskNs;
            begun.set(start.taskInfo().index());
            runningWorkers++;
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        if (!stages.contains(end.stageId())) {
            return;
        }
        running--;
        runningWorkers -= end.stageId() == workersStage ? 1 : 0;
        if (counted(end.stageId())) {
            tasks++;
        }
        if (counted(end.stageId()) && end.taskMetrics() != null) {
            resultBytes += end.taskMetrics().resultSize();
            shuffleBytes += end.taskMetrics().shuffleWriteMetrics().bytesWritten();
        }
        notifyAll();
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd end) {
        jobs.remove(end.jobId());
        notifyAll();
    }

    @Override
    public synchronized void onBlockUpdated(SparkListenerBlockUpdated updated) {
        BlockUpdatedInfo block = updated.blockUpdatedInfo();
        if (block.blockId().isBroadcast() && !block.blockManagerId().isDriver() && block.storageLevel().isValid()) {
            broadcastBytes += block.memSize() + block.diskSize();
        }
    }

    @Override
    public synchronized void onExecutorAdded(SparkListenerExecutorAdded added) {
        executorsAdded++;
    }

    /** Returns the number of executors that came since this began to watch. */
    synchronized int executorsAdded() {
        return executorsAdded;
    }

    /** Returns the number of workers whose tasks run. */
    synchronized int runningWorkers() {
        return runningWorkers;
    }

    /**
     * Returns the number of workers that have not had a slot although the first worker got one longer ago than the limit; 0 before
     * that.
     */
    synchronized int withoutSlot(int workers, Duration limit) {
        boolean late = firstTaskNs != 0 && System.nanoTime() - firstTaskNs > limit.toNanos();
        return late ? workers - begun.cardinality() : 0;
    }

    /** Waits until no task of this training runs any more, for some seconds at most. */
    synchronized void awaitIdle() {
        long endNs = System.nanoTime() + WIND_UP.toNanos();
        boolean interrupted = false;
        while (running + jobs.size() > 0 && System.nanoTime() - endNs < 0) {
            try {
                wait(100);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns Spark's counters so far. */
    synchronized SparkCounts counts() {
        return new SparkCounts(tasks, retriedTasks, stageRestarts, resultBytes, shuffleBytes, broadcastBytes);
    }

    /** A thread that is interrupted must not remove a listener: Spark's queue of events would never end, nor its context. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            sc.removeJobTag(training);
            sc.setLocalProperty(PROPERTY, null);
            sc.setLocalProperty(INTERRUPT, interruptBefore);
            sc.setLocalProperty(DESCRIPTION, descriptionBefore);
            sc.sc().removeSparkListener(this);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
