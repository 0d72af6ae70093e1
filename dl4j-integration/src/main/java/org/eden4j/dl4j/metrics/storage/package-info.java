/**
 * Turns a member's measurements into records of DL4J's {@code StatsStorage}: a file, memory, or another process. Needs
 * {@code org.deeplearning4j:deeplearning4j-core} on the class path, which the rest of eden4j does not.
 *
 * <pre>
 * RoundMetrics --&gt; StatsStorageSink --RoundRecord--&gt; StatsStorageRouter
 * StatsStorage --RoundRecord--&gt; a reader
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.metrics.storage.StatsStorageSink}.
 */
package org.eden4j.dl4j.metrics.storage;
