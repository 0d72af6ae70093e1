package org.eden4j.spark;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.api.Model;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.NetworkState;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.dl4j.RandomNumbers;
import org.eden4j.dl4j.TrainedNetwork;
import org.eden4j.transport.job.JobAddress;
import org.eden4j.transport.job.RoundResult;
import org.eden4j.transport.job.TransportException;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains on one partition as a member of a job, from the job's start to the partition's last epoch. A task that Spark runs again
 * has the same number and identity, so that the job gives it its place back, its state as it is by now, and counts it once; it goes
 * on with the batch at which it would be by now.
 *
 * @param terms of the training
 * @param fit how many data sets the network was trained on before
 * @param address of the aggregator
 * @param identity from which those of the members follow
 * @param plan the network
 * @param joinTimeout how long to look for the aggregator
 * @param counters shown in Spark's user interface
 */
record MemberTask(Terms terms, int fit, JobAddress address, long identity, Broadcast<NetworkPlan> plan,
        Duration joinTimeout, UiCounters counters) implements FlatMapFunction<Iterator<DataSet>, MemberOutcome> {
    private static final Logger LOG = LoggerFactory.getLogger(MemberTask.class);
    /** An aggregator that does not answer a task that comes again within this time has ended. */
    private static final Duration AGAIN = Duration.ofSeconds(10);
    /** A property of Spark jobs that ask for outcomes: one that is lost is not to be had any more. */
    static final String ENDED = "eden4j.ended";

    @Override
    public Iterator<MemberOutcome> call(Iterator<DataSet> examples) {
        TaskContext task = TaskContext.get();
        List<DataSet> batches = Batches.of(examples, terms.batchSize());
        Model network = plan.value().create();
        try {
            return List.of(new Membership(task, network).train(batches)).iterator();
        } finally {
            RandomNumbers.endThread();
        }
    }

    /** One attempt. */
    private final class Membership {
        private final TaskContext task;
        private final Model network;
        private final TrainedNetwork trained;
        private final boolean again;
        private long rounds;
        private long up;
        private long down;

        Membership(TaskContext task, Model network) {
            this.task = task;
            this.network = network;
            trained = new TrainedNetwork(network);
            again = task.attemptNumber() > 0 || task.stageAttemptNumber() > 0;
        }

        MemberOutcome train(List<DataSet> batches) {
            EpochBatches epochs = new EpochBatches(batches, trained, trained.iteration(), terms.epochs(), task);
            RandomNumbers.seed(terms.seed(), fit + 1, task.partitionId());
            if (task.getLocalProperty(ENDED) != null) {
                return new MemberOutcome(report(-1), null);
            }
            WarmUpTask.begin();
            EdenTraining member;
            try {
                member = join();
            } catch (TransportException e) {
                if (!again || task.isInterrupted() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LOG.warn("worker {} comes after the end of the job, which has gone on without it: {}",
                        task.partitionId(), e.getMessage());
                return new MemberOutcome(report(-1), null);
            }
            counters.members().add(1);
            long joinedAt = member.worker().round();
            try {
                while (epochs.nextEpoch()) {
                    trained.fit(epochs);
                }
                member.close();
            } finally {
                abandon(member);
            }
            return new MemberOutcome(report(joinedAt), NetworkState.of(network));
        }

        /** A task that is cancelled is interrupted, which would keep Aeron from ending its threads. */
        private static void abandon(EdenTraining member) {
            boolean interrupted = Thread.interrupted();
            try {
                member.abandon();
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private EdenTraining join() {
            return terms.training(network)
                .job(address)
                .index(task.partitionId())
                .identity(identity + task.partitionId())
                .joinTimeout(again ? AGAIN : joinTimeout)
                .onRound(this::count)
                .join();
        }

        private void count(RoundResult round) {
            rounds++;
            up += round.bytesUp();
            down += round.bytesDown();
            counters.update(round.bytesUp());
            counters.bytesDown().add(round.bytesDown());
        }

        private WorkerReport report(long joinedAt) {
            return new WorkerReport(task.partitionId(), task.attemptNumber(), SparkEnv.get().executorId(), joinedAt,
                    trained.iteration(), ParameterHash.of(network), rounds, up, down);
        }
    }
}
