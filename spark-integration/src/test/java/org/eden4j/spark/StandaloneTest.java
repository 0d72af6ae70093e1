package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.awaitility.Awaitility;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.ParameterHash;
import org.eden4j.simulator.model.ImageModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.learning.config.Sgd;

/** A standalone cluster of two worker processes, whose executors are on two hosts as Spark counts them. */
@Tag("thorough")
class StandaloneTest {
    private static final int SLOTS = 4;

    @TempDir
    private static Path directory;
    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = StandaloneCluster.start(directory, 2);
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.stop();
        assertEquals(List.of(), cluster.files(1));
    }

    @ParameterizedTest
    @CsvSource({"LENET,averaging", "BATCHNORM,averaging", "BATCHNORM,sharing"})
    void shouldEndWithTheParametersOfEdenTrainingBitForBit(ImageModel model, String mode) throws Exception {
        try (JavaSparkContext sc = new JavaSparkContext(cluster.configuration())) {
            BitForBit.check(sc, Pictures.of(model, 4, 6, 2, 3), mode.equals("sharing"), 4);
        }
    }

    /** A copy never runs on the host of the first attempt; plain SGD needs no updater's state of it. */
    @Test
    void shouldCountASpeculativeTaskOnce() {
        List<Long> hashes = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        AtomicInteger copies = new AtomicInteger();
        for (String speculation : List.of("false", "true")) {
            SparkConf conf = cluster.configuration()
                .set("spark.speculation", speculation)
                .set("spark.speculation.interval", "50ms")
                .set("spark.speculation.quantile", ".5");
            try (JavaSparkContext sc = new JavaSparkContext(conf)) {
                sc.sc().addSparkListener(new SparkListener() {
                    @Override
                    public void onTaskStart(SparkListenerTaskStart start) {
                        copies.addAndGet(start.taskInfo().speculative() ? 1 : 0);
                    }
                });
                EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, Points.layers(new Sgd(.1)))
                    .workers(3)
                    .exchange(Exchange.SPARK)
                    .averagingFrequency(2)
                    .epochs(2)
                    .onRound(round -> assertEquals(List.of(0, 1, 2), round.contributors()))
                    .build();
                MultiLayerNetwork network = trainer.fit(sc.parallelize(Points.batches(Points.some(600), 20), 3)
                    .mapPartitionsWithIndex(new WaitForCopy<>(speculation.equals("true")
                            ? directory.resolve("copy").toString() : directory.toString()), true));
                hashes.add(ParameterHash.of(network));
                bytes.add(trainer.report().orElseThrow().bytesUp());
            }
        }
        assertTrue(copies.get() > 0, "Spark started no copy");
        assertEquals(hashes.getFirst(), hashes.getLast());
        assertEquals(bytes.getFirst(), bytes.getLast());
    }

    /** Threads and shared memory while the executors live, processes and directories when the driver has ended. */
    @Test
    void shouldLeaveNothingOfACancelledJobOnTheCluster() throws Exception {
        Pictures pictures = Pictures.of(ImageModel.MLP, 4, 4, 1, 3);
        CountDownLatch underWay = new CountDownLatch(5);
        Set<Long> executors;
        try (JavaSparkContext sc = new JavaSparkContext(cluster.configuration())) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = EdenSparkTrainer.builder(sc, pictures.configuration())
                .workers(SLOTS)
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
            executors = await().until(() -> free(sc), pids -> pids.size() == 2);
        }
        await().untilAsserted(() -> {
            assertEquals(Set.of(), ExecutorProbe.here().threads());
            assertEquals(List.of(), SharedMemory.ofThisProcess());
            assertEquals(List.of(), executors.stream().filter(pid -> ProcessHandle.of(pid).isPresent()).toList());
            // each worker process has a directory of its own there until it ends
            assertEquals(List.of(), cluster.files(2));
        });
    }

    private static org.awaitility.core.ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(10));
    }

    /** The processes of executors without a thread or a directory of a member. */
    private static Set<Long> free(JavaSparkContext sc) throws IOException {
        return ExecutorProbe.all(sc, SLOTS)
            .stream()
            .filter(executor -> executor.threads().isEmpty() && SharedMemory.of(executor.pid()).isEmpty())
            .map(ExecutorProbe::pid)
            .collect(Collectors.toSet());
    }
}
