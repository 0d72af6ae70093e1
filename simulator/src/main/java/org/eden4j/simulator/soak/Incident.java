package org.eden4j.simulator.soak;

/** Incidents that can affect a member. */
enum Incident {
    /** A worker's process is killed and replaced. */
    KILL_WORKER,
    /** A worker's process is stopped for a few seconds and continued. */
    STOP_WORKER,
    /** A worker leaves, and another joins in its place. */
    LEAVE,
    /** The aggregator's process is killed and replaced. */
    KILL_AGGREGATOR,
    /** The media driver's process is killed and replaced; over IPC only. */
    KILL_DRIVER
}
