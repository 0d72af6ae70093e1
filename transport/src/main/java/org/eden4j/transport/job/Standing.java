package org.eden4j.transport.job;

/**
 * Where a running job stands.
 *
 * @param round the round that is open
 * @param attempt how often it was begun
 * @param whole members whose whole update of it has come
 */
public record Standing(long round, int attempt, int whole) {
    /** Before the job runs. */
    public static final Standing NONE = new Standing(-1, 0, 0);
}
