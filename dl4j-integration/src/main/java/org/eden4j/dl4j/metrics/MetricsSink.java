package org.eden4j.dl4j.metrics;

/** Receives a member's measurements of each round, in the training thread; must not block. */
@FunctionalInterface
public interface MetricsSink {
    /** Called at the end of each round. */
    void round(RoundMetrics round);
}
