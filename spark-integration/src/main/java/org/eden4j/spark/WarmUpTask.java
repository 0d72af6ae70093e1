package org.eden4j.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.dl4j.RandomNumbers;
import org.eden4j.dl4j.TrainedNetwork;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.job.JobAddress;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a network that nobody needs, in a job of one worker over loopback, on the first batch of a partition, so that the executor's JVM has
 * loaded the classes and compiled the code of a worker before one is run there. Does nothing in a JVM that has trained.
 *
 * @param terms of the training
 * @param plan its network
 */
record WarmUpTask(Terms terms, Broadcast<NetworkPlan> plan) implements VoidFunction<Iterator<DataSet>> {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUpTask.class);
    private static final AtomicBoolean TRAINED = new AtomicBoolean();
    private static final int STEPS = 100;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration JOIN = Duration.ofSeconds(5);

    /** Notes that this JVM trains, and returns whether it did not before. */
    static boolean begin() {
        return TRAINED.compareAndSet(false, true);
    }

    /** Returns whether this JVM trains or has trained. */
    static boolean trained() {
        return TRAINED.get();
    }

    /** A warm-up that fails costs time alone. */
    @Override
    public void call(Iterator<DataSet> examples) {
        if (TaskContext.get().attemptNumber() > 0 || !begin()) {
            return;
        }
        int steps = 0;
        try {
            List<DataSet> batches = Batches.of(first(examples), terms.batchSize());
            steps = batches.isEmpty() ? 0 : train(batches.getFirst());
        } catch (RuntimeException e) {
            LOG.warn("this executor has not compiled the code of workers before one comes: {}", e.toString());
        } finally {
            RandomNumbers.endThread();
            TRAINED.set(steps > 0);
        }
    }

    /** As many elements as a batch needs. */
    private Iterator<DataSet> first(Iterator<DataSet> elements) {
        List<DataSet> taken = new ArrayList<>();
        int examples = 0;
        while (elements.hasNext() && (taken.isEmpty() || examples < terms.batchSize())) {
            DataSet element = elements.next();
            taken.add(element);
            examples += element.numExamples();
        }
        return taken.iterator();
    }

    /** Returns the number of steps. */
    private int train(DataSet batch) {
        TrainedNetwork network = new TrainedNetwork(plan.value().create());
        TaskContext task = TaskContext.get();
        long endNs = System.nanoTime() + LIMIT.toNanos();
        try (Aggregator aggregator = Aggregator.builder(JobAddress.udp("127.0.0.1", 0), 1, terms.method())
            .downlink(terms.downlink())
            .start()) {
            EdenTraining member = terms.training(network.model())
                .job(aggregator.address())
                .joinTimeout(JOIN)
                .join();
            try {
                int steps = 0;
                while (steps < STEPS && System.nanoTime() - endNs < 0 && !task.isInterrupted()) {
                    network.fit(batch);
                    steps++;
                }
                return steps;
            } finally {
                member.abandon();
            }
        }
    }
}
