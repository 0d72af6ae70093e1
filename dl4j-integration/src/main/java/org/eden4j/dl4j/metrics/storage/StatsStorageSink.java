package org.eden4j.dl4j.metrics.storage;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.eden4j.dl4j.metrics.Figure;
import org.eden4j.dl4j.metrics.MetricsSink;
import org.eden4j.dl4j.metrics.RoundMetrics;

/**
 * Stores a {@link RoundRecord} of each member in one of DL4J's {@code StatsStorage} classes, at a fixed interval of
 * rounds: in a file that DL4J's own {@code FileStatsStorage} or {@code J7FileStatsStorage} opens again, in memory, or
 * in the process of a user interface.
 *
 * <pre>{@code
 * StatsStorage file = new FileStatsStorage(new File("training.stats"));
 * TrainingMetrics.builder().errorsEvery(100).to(new StatsStorageSink(file, "run 1", 100)).build()
 * }</pre>
 *
 * <p>Figures are totals since the member joined, so no round between two records is lost; errors are those measured
 * last. Records have the type {@value RoundRecord#TYPE}; a member's static information is the number of coordinates of
 * its updates. Storages on disk take milliseconds per record, which delay the exchange. One sink serves all members of
 * a JVM. Thread-safe.
 */
public final class StatsStorageSink implements MetricsSink {
    private final StatsStorageRouter storage;
    private final String session;
    private final int every;
    /** By worker. */
    private final Map<Integer, Map<String, Double>> errors = new HashMap<>();
    private long lastMs;

    /**
     * Creates a sink.
     *
     * @param storage the target of the records; the caller closes it
     * @param session the name of the run, unique within the storage
     * @param every rounds between two records of a member, at least 1
     */
    public StatsStorageSink(StatsStorageRouter storage, String session, int every) {
        if (every < 1) {
            throw new IllegalArgumentException("rounds between two records must be at least 1, got " + every);
        }
        this.storage = Objects.requireNonNull(storage);
        this.session = Objects.requireNonNull(session);
        this.every = every;
    }

    @Override
    public synchronized void round(RoundMetrics round) {
        if (!errors.containsKey(round.worker())) {
            errors.put(round.worker(), new LinkedHashMap<>());
            // some storages list only sessions with static information
            storage.putStaticInfo(record(round, Map.of(RoundRecord.COORDINATES, (double) round.coordinates())));
        }
        Map<String, Double> measured = errors.get(round.worker());
        measured.putAll(round.errors());
        if (round.total().rounds() % every == 0) {
            Map<String, Double> figures = new LinkedHashMap<>();
            for (Figure figure : Figure.values()) {
                figures.put(figure.label(), figure.of(round));
            }
            measured.forEach((part, error) -> figures.put(RoundRecord.errorName(part), error));
            storage.putUpdate(record(round, figures));
        }
    }

    private RoundRecord record(RoundMetrics round, Map<String, Double> figures) {
        // a storage keeps one record per member and millisecond
        lastMs = Math.max(System.currentTimeMillis(), lastMs + 1);
        return new RoundRecord(session, round.worker(), lastMs, round.result().round(), figures);
    }

    @Override
    public String toString() {
        return "StatsStorageSink of session " + session;
    }
}
