package org.eden4j.dl4j.metrics;

/** Takes what a member has measured of each round, in the thread that trains: must not block. */
@FunctionalInterface
public interface MetricsSink {
    /** A round has ended. */
    void round(RoundMetrics round);
}
