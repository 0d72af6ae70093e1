package org.eden4j.spark;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.eden4j.dl4j.NetworkState;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.AggregatorBuilder;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundStatistics;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One training whose workers are members of a job: its aggregator in the driver, its members in the tasks of one ordinary stage.
 *
 * <pre>
 * aggregator starts -> stage of n tasks, all at once -> reports of all -> state of one -> aggregator closed
 * </pre>
 *
 * <p>Outcomes stay on the executors until one state was fetched, so that the driver receives one network whatever the number of
 * workers. Whichever end it comes to, nothing is left: the stage was cancelled, its tasks have ended, the aggregator is closed.
 */
final class JobRun {
    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
    private static final Duration TICK = Duration.ofMillis(100);
    /** The aggregator has this time to say what became of the last round. */
    private static final Duration LAST_ROUND = Duration.ofSeconds(2);
    /** Members that came first wait for the others for so long. */
    private static final Duration ASSEMBLY = Duration.ofMinutes(5);

    private final JavaSparkContext sc;
    private final StageWatch watch;
    private final Terms terms;
    private final int fit;
    private final int port;
    private final Duration slotTimeout;
    private final Consumer<RoundSummary> onRound;
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong bytesUp = new AtomicLong();
    private final AtomicLong bytesDown = new AtomicLong();
    /** True if all workers took part in the last round. */
    private volatile boolean complete;

    /**
     * @param watch of the thread that calls {@link #run}
     * @param fit how many data sets the network was trained on before
     * @param port of the aggregator, 0 for a free one
     * @param slotTimeout how long after the first task the last one may begin
     */
    JobRun(JavaSparkContext sc, StageWatch watch, Terms terms, int fit, int port, Duration slotTimeout,
            Consumer<RoundSummary> onRound) {
        this.sc = sc;
        this.watch = watch;
        this.terms = terms;
        this.fit = fit;
        this.port = port;
        this.slotTimeout = slotTimeout;
        this.onRound = onRound;
    }

    /** Trains a network on shares, one for each worker. */
    Trained run(NetworkPlan plan, JavaRDD<DataSet> shares) {
        String host = ClusterCheck.driverHost(sc.getConf(), sc.isLocal(), terms.insecure());
        watch.describe(terms.workers() + " workers train, updates by " + terms.method() + " and means by "
                + terms.downlink());
        Broadcast<NetworkPlan> network = sc.broadcast(plan);
        try (Aggregator aggregator = aggregator(host)) {
            MemberTask task = new MemberTask(terms, fit, aggregator.address(), new SecureRandom().nextLong(), network,
                    ASSEMBLY, UiCounters.of(sc.sc()));
            JavaRDD<MemberOutcome> outcomes = shares.mapPartitions(task).persist(StorageLevel.MEMORY_AND_DISK());
            try {
                List<WorkerReport> reports;
                try (WarmUp warmUp = new WarmUp(watch, shares, new WarmUpTask(terms, network))) {
                    reports = new ArrayList<>(
                            await(watch.submitWorkers(outcomes.map(MemberOutcome::report)::collectAsync), aggregator,
                                    warmUp));
                }
                reports.sort(Comparator.comparingInt(WorkerReport::worker));
                NetworkState state = state(outcomes, reports);
                aggregator.await(LAST_ROUND);
                watch.awaitIdle();
                return new Trained(state, new FitReport(terms.workers(), rounds.get(), bytesUp.get(), bytesDown.get(),
                        reports, watch.counts()));
            } finally {
                outcomes.unpersist(false);
            }
        } finally {
            watch.awaitIdle();
            network.destroy();
        }
    }

    private Aggregator aggregator(String host) {
        AggregatorBuilder builder = Aggregator.builder(JobAddress.udp(host, port), terms.workers(), terms.method())
            .downlink(terms.downlink())
            .jobSeed(terms.jobSeed(fit))
            .deadline(terms.deadline())
            .joinTimeout(ASSEMBLY)
            .onRound(this::count);
        if (terms.quorum() > 0) {
            builder.quorum(terms.quorum());
        }
        if (terms.insecure()) {
            builder.insecure();
        }
        return builder.start();
    }

    private void count(RoundStatistics round) {
        complete = round.contributors().size() == terms.workers();
        rounds.incrementAndGet();
        bytesUp.addAndGet(round.bytesUp());
        bytesDown.addAndGet(round.bytesDown());
        onRound.accept(
                new RoundSummary(round.round(), round.contributors(), round.bytesUp(), round.bytesDown()));
    }

    /** The state of a worker that has gone furthest; another's where an executor was lost since. */
    private NetworkState state(JavaRDD<MemberOutcome> outcomes, List<WorkerReport> reports) {
        sc.setLocalProperty(MemberTask.ENDED, "true");
        try {
            List<Integer> furthest = reports.stream()
                .filter(report -> !report.late())
                .sorted(Comparator.comparingInt(WorkerReport::iteration).reversed())
                .map(WorkerReport::worker)
                .toList();
            for (int worker : furthest) {
                NetworkState state = outcomes.collectPartitions(new int[]{worker})[0].getFirst().state();
                if (state != null) {
                    return state;
                }
                LOG.warn("the executor of worker {} was lost after it had trained, another's network is taken", worker);
            }
        } finally {
            sc.setLocalProperty(MemberTask.ENDED, null);
        }
        throw new IllegalStateException("all " + terms.workers()
                + " workers have trained, and the executors that kept their networks were lost since: train again");
    }

    /** Waits for a Spark job, and ends it where the job of the workers has failed or cannot begin. */
    private <T> T await(JavaFutureAction<T> action, Aggregator aggregator, WarmUp warmUp) {
        try {
            while (true) {
                try {
                    return action.get(TICK.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    aggregator.await(Duration.ZERO);
                    checkSlots();
                    if (watch.runningWorkers() < terms.workers()) {
                        complete = false;
                    }
                    warmUp.check(complete);
                }
            }
        } catch (InterruptedException e) {
            throw StageWatch.interrupted(e);
        } catch (ExecutionException e) {
            aggregator.await(Duration.ZERO); // throws what made the workers fail, where that was it
            throw new IllegalStateException("training on Spark has ended: " + e.getCause().getMessage(), e.getCause());
        } finally {
            if (!action.isDone()) {
                action.cancel(true);
            }
        }
    }

    private void checkSlots() {
        int without = watch.withoutSlot(terms.workers(), slotTimeout);
        if (without > 0) {
            int workers = terms.workers();
            throw new IllegalStateException(workers + " workers need " + workers + " task slots at once, and "
                    + (workers - without) + " tasks run " + slotTimeout.toMillis() + " ms after the first: give the"
                    + " cluster more executors or cores (an executor has cores / spark.task.cpus slots, other jobs take"
                    + " some), call workers(" + (workers - without) + "), or slotTimeout() where executors come later");
        }
    }
}
