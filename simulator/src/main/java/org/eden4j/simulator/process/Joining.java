package org.eden4j.simulator.process;

import java.time.Duration;

/** The words by which a job and its workers come together. */
public final class Joining {
    /** The command that takes a worker to the aggregator, followed by its address. */
    public static final String JOIN = "join";
    /** The event of a worker that has joined. */
    public static final String JOINED = "joined";
    /** The event of a worker that could join now: its JVM runs, its code is warm. */
    public static final String PREPARED = "prepared";
    /** How long members that are prepared may take to find each other. */
    public static final Duration LIMIT = Duration.ofSeconds(60);

    private Joining() {}
}
