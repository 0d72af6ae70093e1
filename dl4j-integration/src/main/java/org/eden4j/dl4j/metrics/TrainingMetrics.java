package org.eden4j.dl4j.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eden4j.compressor.UpdateLayout;

/**
 * Selects the measurements of members' exchanges, and the sinks that receive them.
 *
 * <pre>{@code
 * TrainingMetrics metrics = TrainingMetrics.builder().logEvery(100).errorsEvery(100).to(new MicrometerSink(registry)).build();
 * EdenTraining.builder(net).job("udp:host:7400").averagingFrequency(10).metrics(metrics).join()
 * }</pre>
 *
 * <p>One object may serve several members of a JVM; each reports to the sinks in its own thread. Costs a few hundred
 * nanoseconds per round, and one encoding and one decoding in rounds whose errors are measured.
 */
public final class TrainingMetrics {
    private final List<MetricsSink> sinks;
    private final int errorsEvery;

    private TrainingMetrics(Builder terms) {
        List<MetricsSink> all = new ArrayList<>(terms.sinks);
        if (terms.logEvery > 0) {
            all.addFirst(new LogSink(terms.logEvery));
        }
        sinks = List.copyOf(all);
        errorsEvery = terms.errorsEvery;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Returns the measurements of a member that is about to begin its exchanges. */
    public MemberMetrics member(int worker, UpdateLayout layout) {
        return new MemberMetrics(this, worker, layout);
    }

    List<MetricsSink> sinks() {
        return sinks;
    }

    /** Returns whether errors are measured in the round after this number of rounds. */
    boolean isErrorDue(long rounds) {
        return errorsEvery > 0 && rounds % errorsEvery == 0;
    }

    /** The sinks, and how often they receive measurements. */
    public static final class Builder {
        private final List<MetricsSink> sinks = new ArrayList<>();
        private int logEvery;
        private int errorsEvery;

        private Builder() {}

        /** Logs a line by SLF4J at level INFO each time this number of rounds has ended; 0, the default, for never. */
        public Builder logEvery(int rounds) {
            logEvery = checked(rounds);
            return this;
        }

        /** Measures the error of each compressed part once per this number of rounds; 0, the default, for never. */
        public Builder errorsEvery(int rounds) {
            errorsEvery = checked(rounds);
            return this;
        }

        private static int checked(int rounds) {
            if (rounds < 0) {
                throw new IllegalArgumentException("rounds must be at least 0, got " + rounds);
            }
            return rounds;
        }

        /**
         * Adds a sink: {@link org.eden4j.dl4j.metrics.micrometer.MicrometerSink},
         * {@link org.eden4j.dl4j.metrics.storage.StatsStorageSink}, or your own.
         */
        public Builder to(MetricsSink sink) {
            sinks.add(Objects.requireNonNull(sink));
            return this;
        }

        public TrainingMetrics build() {
            return new TrainingMetrics(this);
        }
    }
}
