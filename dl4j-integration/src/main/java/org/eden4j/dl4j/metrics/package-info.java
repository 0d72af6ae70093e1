/**
 * Turns the exchanges of a member into figures, and hands them to logs, Micrometer or DL4J's statistics.
 *
 * <pre>
 * TrainingMetrics --one per member--&gt; MemberMetrics --RoundMetrics--&gt; MetricsSink: a log line, MicrometerSink, StatsStorageSink
 *                                     PartErrors: the error of each part of an update, in a sample of rounds
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.metrics.TrainingMetrics}. Micrometer and DL4J's storage are optional dependencies: their
 * sinks are classes that nothing else here names.
 */
package org.eden4j.dl4j.metrics;
