package org.eden4j.simulator.soak;

/** Incidents that can affect a member. */
enum Incident {
    /** A worker's process is killed and replaced. */
    KILL_WORKER,
    /** A worker's process is stopped for a few seconds and continued. */
    STOP_WORKER,
    /** A worker leaves, and another joins in its place. */
    LEAVE,
    /** An aggregator's process is killed and replaced. */
    KILL_AGGREGATOR,
    /** An aggregator's process is stopped for a few seconds and continued. */
    STOP_AGGREGATOR,
    /** A worker's process and an aggregator's are killed at the same time and replaced. */
    KILL_WORKER_AND_AGGREGATOR,
    /** The media driver's process is killed and replaced; over IPC only. */
    KILL_DRIVER;

    /** Returns whether an aggregator's own process is affected, which peers do not have. */
    boolean needsAggregator() {
        return this == KILL_AGGREGATOR || this == STOP_AGGREGATOR || this == KILL_WORKER_AND_AGGREGATOR;
    }
}
