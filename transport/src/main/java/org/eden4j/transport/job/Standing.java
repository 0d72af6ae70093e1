package org.eden4j.transport.job;

/**
 * The progress of a running job.
 *
 * @param round the open round
 * @param attempt the number of attempts at it
 * @param whole the number of members whose update to it has arrived completely
 * @param paused the number of members that pause
 */
public record Standing(long round, int attempt, int whole, int paused) {
    /** The progress before the job runs. */
    public static final Standing NONE = new Standing(-1, 0, 0, 0);
}
