package org.eden4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.dl4j.ParameterHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Drivers that end in the middle of a training, and others that go on from its checkpoints. */
class CheckpointTest {
    private static final int WORKERS = 2;
    private static final int EPOCHS = 4;
    /** Batches of 16 points per epoch: five rounds, since every second batch ends with one. */
    private static final int BATCHES = 10;

    @TempDir
    private Path directory;

    private static JavaRDD<DataSet> data(JavaSparkContext sc) {
        return sc.parallelize(Points.batches(Points.some(WORKERS * BATCHES * 16), 16), WORKERS);
    }

    /** Without moments, which are lost with an executor where there is no job. */
    private static MultiLayerConfiguration configuration(Exchange exchange) {
        return exchange == Exchange.SPARK ? Points.layers(new Sgd(.1)) : Points.layers();
    }

    private EdenSparkTrainer<MultiLayerNetwork> trainer(JavaSparkContext sc, Exchange exchange, String name,
            Consumer<RoundSummary> onRound) {
        return EdenSparkTrainer.builder(sc, configuration(exchange))
            .workers(WORKERS)
            .averagingFrequency(2)
            .epochs(EPOCHS)
            .exchange(exchange)
            .checkpoints(directory.resolve(name).toString(), exchange == Exchange.SPARK ? 3 : 1)
            .onRound(onRound)
            .build();
    }

    private List<String> checkpoints(String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(name))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldGoOnFromTheLastCheckpointBitForBit(Exchange exchange) throws IOException {
        long undisturbed;
        try (JavaSparkContext sc = Clusters.local(WORKERS)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = trainer(sc, exchange, "undisturbed", _ -> {});
            undisturbed = ParameterHash.of(trainer.fit(data(sc)));
            assertEquals(EPOCHS * BATCHES / 2, trainer.report().orElseThrow().rounds());
        }
        AtomicInteger rounds = new AtomicInteger();
        try (JavaSparkContext sc = Clusters.local(WORKERS)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = trainer(sc, exchange, "disturbed", _ -> {
                if (rounds.incrementAndGet() == 13) {
                    sc.cancelAllJobs();
                    throw new IllegalStateException("the driver ends, as the test requires");
                }
            });
            assertThrows(RuntimeException.class, () -> trainer.fit(data(sc)));
        }
        try (JavaSparkContext sc = Clusters.local(WORKERS)) {
            EdenSparkTrainer<MultiLayerNetwork> trainer = trainer(sc, exchange, "disturbed", _ -> {});
            MultiLayerNetwork network = trainer.fit(data(sc));
            assertEquals(undisturbed, ParameterHash.of(network));
            assertEquals(EPOCHS * BATCHES, network.getIterationCount());
            assertEquals(EPOCHS, network.getEpochCount());
            // JOB: epochs 2 and 3 of 0 to 3; SPARK: from round 12 of 0 to 19
            assertEquals(exchange == Exchange.JOB ? 10 : 8, trainer.report().orElseThrow().rounds());
        }
        assertEquals(exchange == Exchange.JOB ? List.of("checkpoint-3", "checkpoint-4")
                : List.of("checkpoint-6", "checkpoint-7"), checkpoints("disturbed"));
    }

    @Test
    void shouldNotRepeatWhatHasEnded() throws IOException {
        try (JavaSparkContext sc = Clusters.local(WORKERS)) {
            EdenSparkTrainer<MultiLayerNetwork> before = trainer(sc, Exchange.SPARK, "ended", _ -> {});
            before.fit(data(sc));
            MultiLayerNetwork second = before.fit(data(sc));
            EdenSparkTrainer<MultiLayerNetwork> after = trainer(sc, Exchange.SPARK, "ended", _ -> {});
            for (int fit = 0; fit < 2; fit++) {
                assertEquals(ParameterHash.of(second), ParameterHash.of(after.fit(data(sc))));
                assertEquals(0, after.report().orElseThrow().rounds());
                assertEquals(0, after.report().orElseThrow().spark().tasks());
            }
            assertEquals(ParameterHash.of(before.fit(data(sc))), ParameterHash.of(after.fit(data(sc))));
            assertEquals(20, after.report().orElseThrow().rounds());
        }
    }

    @Test
    void shouldKeepNetworksThatDeeplearning4jReads() throws IOException {
        try (JavaSparkContext sc = Clusters.local(WORKERS)) {
            MultiLayerNetwork network = trainer(sc, Exchange.JOB, "files", _ -> {}).fit(data(sc));
            MultiLayerNetwork read = MultiLayerNetwork
                .load(directory.resolve("files/checkpoint-4/network.zip").toFile(), true);
            assertEquals(ParameterHash.of(network), ParameterHash.of(read));
            assertEquals(network.getIterationCount(), read.getIterationCount());
            assertEquals(network.getUpdater().getStateViewArray(), read.getUpdater().getStateViewArray());
        }
    }

    private String refused(JavaSparkContext sc, Exchange exchange) {
        return assertThrows(IllegalArgumentException.class, () -> trainer(sc, exchange, "other", _ -> {})).getMessage();
    }

    @Test
    void shouldRefuseCheckpointsOfAnotherTraining() throws IOException {
        try (JavaSparkContext sc = Clusters.local(WORKERS)) {
            trainer(sc, Exchange.SPARK, "other", _ -> {}).fit(data(sc));
            String message = refused(sc, Exchange.JOB);
            assertTrue(message.contains("it is of a training with exchange SPARK, this one has JOB: name another"),
                    message);
            Path last = directory.resolve("other").resolve(checkpoints("other").getLast());
            Files.writeString(last.resolve("progress.properties"), "exchange=SPARK\nfits=one\n");
            Files.delete(last.resolve(".progress.properties.crc"));
            message = refused(sc, Exchange.SPARK);
            assertTrue(message.startsWith("training cannot go on from file:" + last + ": fits is 'one': name another"),
                    message);
        }
    }
}
