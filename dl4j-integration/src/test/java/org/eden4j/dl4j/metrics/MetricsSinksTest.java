package org.eden4j.dl4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.impl.CollectionStatsStorageRouter;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.eden4j.dl4j.metrics.micrometer.MicrometerSink;
import org.eden4j.dl4j.metrics.storage.RoundRecord;
import org.eden4j.dl4j.metrics.storage.StatsStorageSink;
import org.eden4j.transport.job.RoundStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Micrometer and DL4J's storages show the figures that the members measured. */
@Timeout(120)
class MetricsSinksTest {
    private static final int ROUNDS = 20;
    private static final String PART = "0_W";

    @Test
    void shouldCountInMicrometerWhatTheJobCounts() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Map<Integer, RoundMetrics> last = new ConcurrentHashMap<>();
        List<RoundStatistics> rounds = TrainingMetricsTest.train(TrainingMetrics.builder()
            .errorsEvery(5)
            .to(new MicrometerSink(registry))
            .to(round -> last.put(round.worker(), round))
            .build(), ROUNDS);
        assertEquals(sum(rounds, RoundStatistics::bytesUp), sum(registry, Figure.BYTES_UP));
        assertEquals(sum(rounds, RoundStatistics::bytesDown), sum(registry, Figure.BYTES_DOWN));
        assertEquals(ROUNDS * TrainingMetricsTest.WORKERS, sum(registry, Figure.ROUNDS));
        for (Figure figure : Figure.values()) {
            for (int worker = 0; worker < TrainingMetricsTest.WORKERS; worker++) {
                assertEquals(figure.of(last.get(worker)), value(registry, figure, worker), figure + " of " + worker);
            }
        }
        double error = registry.get(Figure.VNMSE)
            .tags(MicrometerSink.WORKER, "1", MicrometerSink.PART, PART)
            .gauge()
            .value();
        assertTrue(error > 0 && error < .1, "4 bits have .0096 on average, got " + error);
    }

    private static long sum(List<RoundStatistics> rounds, ToLongFunction<RoundStatistics> bytes) {
        return rounds.stream().mapToLong(bytes).sum();
    }

    private static long sum(SimpleMeterRegistry registry, Figure figure) {
        return (long) registry.get(figure.label())
            .functionCounters()
            .stream()
            .mapToDouble(FunctionCounter::count)
            .sum();
    }

    private static double value(SimpleMeterRegistry registry, Figure figure, int worker) {
        Meter meter = registry.get(figure.label()).tag(MicrometerSink.WORKER, Integer.toString(worker)).meter();
        return meter.measure().iterator().next().getValue();
    }

    /** Names, kinds and units agree with docs/metrics.md, and no other meter is registered. */
    @Test
    void shouldDocumentEveryFigure() throws IOException {
        List<String> documented = Files.readAllLines(Path.of("../docs/metrics.md"))
            .stream()
            .filter(line -> line.startsWith("| `eden4j."))
            .map(line -> line.replaceAll("^\\| `([^`]*)` \\| ([a-z]*) \\| ([a-z]*) *\\|.*", "$1 $2 $3").strip())
            .toList();
        List<String> expected = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            expected.add((figure.label() + " " + figure.kind().name().toLowerCase(Locale.ROOT) + " "
                    + figure.unit())
                .strip());
        }
        expected.add(Figure.VNMSE + " gauge");
        assertEquals(expected, documented);

        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        TrainingMetricsTest.train(TrainingMetrics.builder().errorsEvery(1).to(new MicrometerSink(registry)).build(), 1);
        Set<String> registered = new LinkedHashSet<>();
        registry.getMeters().forEach(meter -> registered.add(meter.getId().getName()));
        assertEquals(Set.copyOf(expected.stream().map(line -> line.split(" ")[0]).toList()), registered);
    }

    /** A closed file can be opened again by DL4J's own class. */
    @Test
    void shouldFillAFileThatDeeplearning4jReads(@TempDir Path folder) throws IOException {
        File file = folder.resolve("training.stats").toFile();
        Map<Integer, RoundMetrics> last = new ConcurrentHashMap<>();
        StatsStorage written = new FileStatsStorage(file);
        TrainingMetricsTest.train(TrainingMetrics.builder()
            .errorsEvery(3)
            .to(new StatsStorageSink(written, "run 1", 4))
            .to(round -> last.put(round.worker(), round))
            .build(), ROUNDS);
        written.close();

        StatsStorage read = new FileStatsStorage(file);
        assertEquals(List.of("run 1"), read.listSessionIDs());
        assertEquals(List.of(RoundRecord.TYPE), read.listTypeIDsForSession("run 1"));
        for (int worker = 0; worker < TrainingMetricsTest.WORKERS; worker++) {
            String id = Integer.toString(worker);
            List<Persistable> records = read.getAllUpdatesAfter("run 1", RoundRecord.TYPE, id, 0);
            assertEquals(ROUNDS / 4, records.size());
            RoundRecord record = (RoundRecord) read.getLatestUpdate("run 1", RoundRecord.TYPE, id);
            assertEquals(ROUNDS - 1, record.round());
            assertEquals(worker, record.worker());
            for (Figure figure : Figure.values()) {
                assertEquals(figure.of(last.get(worker)), record.figure(figure), figure.label());
            }
            assertEquals(Set.of(PART), record.errors().keySet());
            RoundRecord told = (RoundRecord) read.getStaticInfo("run 1", RoundRecord.TYPE, id);
            assertEquals(Map.of(RoundRecord.COORDINATES, (double) TrainingMetricsTest.network().numParams()),
                    told.figures());
        }
        read.close();
    }

    @Test
    void shouldDecodeWhatItEncodes() {
        List<Persistable> records = new ArrayList<>();
        CollectionStatsStorageRouter storage = new CollectionStatsStorageRouter(new ArrayList<>(), new ArrayList<>(),
                records);
        TrainingMetricsTest.train(
                TrainingMetrics.builder().errorsEvery(1).to(new StatsStorageSink(storage, "é", 1)).build(),
                2);
        assertEquals(2 * TrainingMetricsTest.WORKERS, records.size());
        assertEquals(records.size(), records.stream().mapToLong(Persistable::getTimeStamp).distinct().count());
        for (Persistable record : records) {
            RoundRecord decoded = new RoundRecord();
            ByteBuffer bytes = ByteBuffer.allocate(record.encodingLengthBytes());
            record.encode(bytes);
            decoded.decode(bytes.flip());
            assertEquals(record.toString(), decoded.toString());
            assertEquals(record.getTimeStamp(), decoded.getTimeStamp());
            byte[] other = record.encode();
            other[0] = 2;
            assertThrows(UncheckedIOException.class, () -> decoded.decode(other));
        }
        assertThrows(IllegalArgumentException.class, () -> new StatsStorageSink(storage, "run", 0));
    }
}
