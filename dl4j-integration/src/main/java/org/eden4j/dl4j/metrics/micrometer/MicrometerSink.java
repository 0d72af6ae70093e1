package org.eden4j.dl4j.metrics.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.eden4j.dl4j.metrics.Figure;
import org.eden4j.dl4j.metrics.MetricsSink;
import org.eden4j.dl4j.metrics.RoundMetrics;

/**
 * Registers a Micrometer meter for each {@link Figure} of each member, and for the error of each part of an update;
 * docs/metrics.md lists their names.
 *
 * <pre>{@code
 * TrainingMetrics.builder().errorsEvery(100).to(new MicrometerSink(registry)).build()
 * }</pre>
 *
 * <p>Meters carry the tag {@value #WORKER}, the member's number, and errors {@value #PART} as well. They read the round
 * received last: a round costs one reference assignment, and a scrape computes the values. One sink serves all members
 * of a JVM. Thread-safe.
 */
public final class MicrometerSink implements MetricsSink {
    /** The tag of a member's number. */
    public static final String WORKER = "worker";
    /** The tag of a part's name. */
    public static final String PART = "part";

    private final MeterRegistry registry;
    private final Map<Integer, Latest> members = new ConcurrentHashMap<>();

    /** The round received last from a member; meters reference it weakly, the sink strongly. */
    private static final class Latest {
        volatile RoundMetrics round;
        final Map<String, Double> errors = new ConcurrentHashMap<>();

        double of(Figure figure) {
            return figure.of(round);
        }

        double error(String part) {
            return errors.get(part);
        }
    }

    /** @param registry the registry of the meters, which are valid as long as this sink is reachable */
    public MicrometerSink(MeterRegistry registry) {
        this.registry = Objects.requireNonNull(registry);
    }

    @Override
    public void round(RoundMetrics round) {
        Latest latest = members.get(round.worker());
        boolean first = latest == null;
        if (first) {
            latest = new Latest();
            members.put(round.worker(), latest);
        }
        latest.round = round;
        String worker = Integer.toString(round.worker());
        if (first) {
            register(latest, worker);
        }
        for (Map.Entry<String, Double> error : round.errors().entrySet()) {
            if (latest.errors.put(error.getKey(), error.getValue()) == null) {
                register(latest, worker, error.getKey());
            }
        }
    }

    private void register(Latest latest, String worker) {
        for (Figure figure : Figure.values()) {
            String unit = figure.unit().isEmpty() ? null : figure.unit();
            switch (figure.kind()) {
                case COUNTER -> FunctionCounter.builder(figure.label(), latest, of -> of.of(figure))
                    .tag(WORKER, worker)
                    .baseUnit(unit)
                    .register(registry);
                case GAUGE -> Gauge.builder(figure.label(), latest, of -> of.of(figure))
                    .tag(WORKER, worker)
                    .baseUnit(unit)
                    .register(registry);
            }
        }
    }

    private void register(Latest latest, String worker, String part) {
        Gauge.builder(Figure.VNMSE, latest, of -> of.error(part))
            .tag(WORKER, worker)
            .tag(PART, part)
            .register(registry);
    }

    @Override
    public String toString() {
        return "MicrometerSink";
    }
}
