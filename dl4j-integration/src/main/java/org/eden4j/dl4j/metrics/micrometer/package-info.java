/**
 * Turns what a member has measured into meters of Micrometer. Needs {@code io.micrometer:micrometer-core} on the class path, which
 * nothing else of eden4j does.
 *
 * <pre>
 * RoundMetrics --&gt; MicrometerSink --&gt; MeterRegistry: a counter or gauge per Figure and member
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.metrics.micrometer.MicrometerSink}.
 */
package org.eden4j.dl4j.metrics.micrometer;
