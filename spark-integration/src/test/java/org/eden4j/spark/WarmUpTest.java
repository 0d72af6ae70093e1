package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class WarmUpTest {
    /** Two executors of one slot each, both of which have come before the first task. */
    private static SparkConf twoSlots() {
        return Clusters.executors(Clusters.configuration("local-cluster[2,1,1024]"))
            .set("spark.scheduler.minRegisteredResourcesRatio", "1")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "2m");
    }

    /** Returns whether executors have trained, by their identifiers. */
    private static Map<String, Boolean> trained(JavaSparkContext sc, int executors) {
        Map<String, Boolean> trained = new HashMap<>();
        while (trained.size() < executors) {
            sc.parallelize(List.of(0, 1), 2)
                .map(_ -> new Tuple2<>(SparkEnv.get().executorId(), WarmUpTask.trained()))
                .collect()
                .forEach(executor -> trained.put(executor._1(), executor._2()));
        }
        return trained;
    }

    @Test
    void shouldBeginWhereAnExecutorHasNoWorkerAndNotBeCounted() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 1, 100, 1, 3);
        AtomicInteger warmUps = new AtomicInteger();
        try (JavaSparkContext sc = new JavaSparkContext(twoSlots())) {
            sc.sc().addSparkListener(new SparkListener() {
                @Override
                public void onJobStart(SparkListenerJobStart start) {
                    if (start.properties().getProperty(StageWatch.WARM_UP) != null) {
                        warmUps.incrementAndGet();
                    }
                }
            });
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(1)
                .averagingFrequency(2)
                .build();
            MultiLayerNetwork network = trainer.fit(pictures.data(sc));
            assertEquals(100, network.getIterationCount());
            assertEquals(1, warmUps.get());
            SparkCounts counts = trainer.report().orElseThrow().spark();
            assertEquals(2, counts.tasks(), "the worker's and the one that fetches its network: " + counts);
        }
    }

    @Test
    void shouldTrainInEachExecutor() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 10, 1, 3);
        Method method = Method.parse("eden:bits=4");
        Terms terms = new Terms(2, 0, 2, false, method, method, "", false, 1, 3, Duration.ofSeconds(30), 0, false);
        try (JavaSparkContext sc = new JavaSparkContext(twoSlots())) {
            assertEquals(Map.of("0", false, "1", false), trained(sc, 2));
            WarmUpTask task = new WarmUpTask(terms, sc.broadcast(new NetworkPlan(pictures.configuration(), null)));
            pictures.data(sc).foreachPartition(task);
            assertEquals(Map.of("0", true, "1", true), trained(sc, 2));
        }
    }
}
