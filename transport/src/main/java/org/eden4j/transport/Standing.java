package org.eden4j.transport;

/**
 * Where a running job stands.
 *
 * @param round the round that is open
 * @param attempt how often it was begun
 * @param whole members whose whole update of it has come
 */
record Standing(long round, int attempt, int whole) {
    /** Before the job runs. */
    static final Standing NONE = new Standing(-1, 0, 0);
}
