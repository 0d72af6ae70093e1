package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.awaitility.Awaitility;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers in threads of this JVM, that Spark runs as tasks; a real aggregator, over UDP. */
class LocalTrainingTest {
    @ParameterizedTest
    @CsvSource({"MLP,averaging", "BATCHNORM,averaging", "MLP,sharing", "LENET,averaging"})
    void shouldEndWithTheParametersOfEdenTrainingBitForBit(ImageModel model, String mode) throws Exception {
        boolean sharing = mode.equals("sharing");
        try (JavaSparkContext sc = Clusters.local(4)) {
            FitReport report = BitForBit.check(sc, Pictures.of(model, 4, 7, 2, 3), sharing, 3);
            assertEquals(sharing ? 14 : 5, report.rounds());
        }
    }

    @Test
    void shouldGoOnWhereTheLastFitHasEnded() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 4, 1, 3);
        try (JavaSparkContext sc = Clusters.local(2)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(2)
                .averagingFrequency(2)
                .build();
            MultiLayerNetwork first = trainer.fit(pictures.data(sc));
            MultiLayerNetwork second = trainer.fit(pictures.data(sc));
            assertEquals(4, first.getIterationCount());
            assertEquals(8, second.getIterationCount());
            EdenSparkTrainer<MultiLayerNetwork> anew = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(2)
                .averagingFrequency(2)
                .startFrom(first)
                .build();
            assertEquals(8, anew.fit(pictures.data(sc)).getIterationCount());
            double before = first.score(pictures.batches(0).getFirst());
            assertTrue(second.score(pictures.batches(0).getFirst()) < before, "it has learnt more");
        }
    }

    /** 130 examples in 5 partitions become shares of 44, 43 and 43: five batches each. */
    @Test
    void shouldDealTheDataOutWherePartitionsAreNotShares() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 1, 5, 1, 3);
        try (JavaSparkContext sc = Clusters.local(3)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(3)
                .batchSizePerWorker(10)
                .averagingFrequency(2)
                .build();
            trainer.fit(sc.parallelize(pictures.batches(0).getFirst().asList().subList(0, 13), 5)
                .flatMap(example -> Collections.nCopies(10, example).iterator()));
            List<WorkerReport> reports = trainer.report().orElseThrow().workerReports();
            assertEquals(List.of(5, 5, 5), reports.stream().map(WorkerReport::iteration).toList());
        }
    }

    @Test
    void shouldSayThatThereAreTooFewSlots() {
        Pictures pictures = Pictures.of(ImageModel.MLP, 4, 4, 1, 3);
        try (JavaSparkContext sc = Clusters.local(2)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(4)
                .averagingFrequency(2)
                .build();
            long begin = System.nanoTime();
            IllegalStateException refused = assertThrows(IllegalStateException.class,
                    () -> trainer.fit(pictures.data(sc)));
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
            assertTrue(refused.getMessage().startsWith("4 workers need 4 task slots at once, and 2 tasks run 8000 ms"),
                    refused.getMessage());
            assertTrue(seconds <= 12, seconds + " s");
            assertNothingIsLeft(sc);
        }
    }

    @Test
    void shouldLeaveNothingBehindWhereTheJobIsCancelled() throws Exception {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 4, 1, 3);
        CountDownLatch underWay = new CountDownLatch(5);
        try (JavaSparkContext sc = Clusters.local(2)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(2)
                .averagingFrequency(1)
                .epochs(1_000_000)
                .onRound(_ -> underWay.countDown())
                .build();
            CompletableFuture<MultiLayerNetwork> fit = CompletableFuture
                .supplyAsync(() -> trainer.fit(pictures.data(sc)));
            assertTrue(underWay.await(1, TimeUnit.MINUTES));
            sc.cancelAllJobs();
            CompletionException ended = assertThrows(CompletionException.class, fit::join);
            assertTrue(ended.getCause().getMessage().startsWith("training on Spark has ended: "), ended.toString());
            assertNothingIsLeft(sc);
        }
    }

    @Test
    void shouldEndWhereTheCallerIsInterrupted() throws Exception {
        Pictures pictures = Pictures.of(ImageModel.MLP, 2, 4, 1, 3);
        CountDownLatch underWay = new CountDownLatch(5);
        try (JavaSparkContext sc = Clusters.local(2)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(2)
                .averagingFrequency(1)
                .epochs(1_000_000)
                .onRound(_ -> underWay.countDown())
                .build();
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                try {
                    trainer.fit(pictures.data(sc));
                } catch (RuntimeException e) {
                    thrown.complete(e);
                }
            });
            assertTrue(underWay.await(1, TimeUnit.MINUTES));
            caller.interrupt();
            assertEquals("training was interrupted", thrown.get(1, TimeUnit.MINUTES).getMessage());
            assertNothingIsLeft(sc);
        }
    }

    private static void assertNothingIsLeft(JavaSparkContext sc) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertEquals(Set.of(), ExecutorProbe.here().threads());
            assertEquals(List.of(), SharedMemory.ofThisProcess());
            assertEquals(0, sc.statusTracker().getActiveStageIds().length);
            assertEquals(0, sc.getPersistentRDDs().size());
        });
    }
}
