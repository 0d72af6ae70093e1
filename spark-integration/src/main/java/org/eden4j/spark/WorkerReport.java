package org.eden4j.spark;

import java.io.Serializable;

/**
 * The report of one worker's task after its end.
 *
 * @param worker the worker's number, which is that of its partition
 * @param attempt how often Spark had tried its task before
 * @param executor where it ran
 * @param joinedAt the job's round when it joined, 0 unless it has come back; -1 where the job had ended by then
 * @param iteration steps of the network in the end
 * @param hash of the network's parameters in the end, see {@link org.eden4j.dl4j.ParameterHash}
 * @param rounds that this attempt has exchanged
 * @param bytesUp bytes of its updates
 * @param bytesDown bytes of the means that it received
 */
public record WorkerReport(int worker, int attempt, String executor, long joinedAt, int iteration, long hash,
        long rounds, long bytesUp, long bytesDown) implements Serializable {
    /** Returns whether the task came after the job's end, when all others had trained without it. */
    public boolean late() {
        return joinedAt < 0;
    }
}
