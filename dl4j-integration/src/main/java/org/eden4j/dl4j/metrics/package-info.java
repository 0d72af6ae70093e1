/**
 * Turns the exchanges of a member into figures, for logs and for sinks.
 *
 * <pre>
 * TrainingMetrics --one per member--&gt; MemberMetrics --RoundMetrics--&gt; MetricsSink: a log line,
 *                                                                                     micrometer.MicrometerSink,
 *                                                                                     storage.StatsStorageSink
 *                                     PartErrors: the error of each part of an update, in a sample of rounds
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.metrics.TrainingMetrics}.
 */
package org.eden4j.dl4j.metrics;
