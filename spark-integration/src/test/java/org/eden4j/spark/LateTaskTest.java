package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.Test;

/** A task that Spark runs again when all other workers and the aggregator have ended. */
class LateTaskTest {
    /** Tasks of a local master are threads of this JVM. */
    private static final CountDownLatch OTHER_ENDED = new CountDownLatch(1);

    /** Passes elements on, to attempts after the first when the other worker's task has ended. */
    private record LaterThanTheOther<T>() implements Function2<Integer, Iterator<T>, Iterator<T>> {
        @Override
        public Iterator<T> call(Integer partition, Iterator<T> elements) throws InterruptedException {
            if (TaskContext.get().attemptNumber() > 0) {
                assertTrue(OTHER_ENDED.await(1, TimeUnit.MINUTES));
                awaitAggregator();
            }
            return elements;
        }

        private static void awaitAggregator() throws InterruptedException {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("eden4j-aggregator")) {
                    assertTrue(thread.join(Duration.ofMinutes(1)));
                }
            }
        }
    }

    @Test
    void shouldReturnTheNetworkThatTheOthersHaveTrained() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 40, 1, 3);
        AtomicLong task = new AtomicLong(-1);
        try (JavaSparkContext sc = Clusters.local(2)) {
            sc.sc().addSparkListener(new SparkListener() {
                @Override
                public void onTaskStart(SparkListenerTaskStart start) {
                    if (start.taskInfo().index() == 1 && start.taskInfo().attemptNumber() == 0) {
                        task.compareAndSet(-1, start.taskInfo().taskId());
                    }
                }

                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                    if (end.taskInfo().index() == 0) {
                        OTHER_ENDED.countDown();
                    }
                }
            });
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(2)
                .averagingFrequency(2)
                .onRound(round -> {
                    if (round.round() == 5) {
                        sc.sc().killTaskAttempt(task.get(), true, "the test ends it");
                    }
                })
                .build();
            MultiLayerNetwork network = trainer
                .fit(pictures.data(sc).mapPartitionsWithIndex(new LaterThanTheOther<>(), true));
            FitReport report = trainer.report().orElseThrow();
            WorkerReport first = report.workerReports().getFirst();
            WorkerReport late = report.workerReports().getLast();
            assertFalse(first.late(), report.toString());
            assertTrue(late.late(), report.toString());
            assertEquals(1, late.attempt());
            assertEquals(1, report.spark().retriedTasks());
            assertEquals(0, report.spark().stageRestarts());
            assertEquals(first.hash(), ParameterHash.of(network));
            assertEquals(40, network.getIterationCount());
        }
    }
}
