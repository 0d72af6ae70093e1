/**
 * Turns a member's measurements into Micrometer meters. Needs {@code io.micrometer:micrometer-core} on the class path,
 * which the rest of eden4j does not.
 *
 * <pre>
 * RoundMetrics --&gt; MicrometerSink --&gt; MeterRegistry: a counter or gauge per Figure and member
 * </pre>
 *
 * <p>Start at {@link org.eden4j.dl4j.metrics.micrometer.MicrometerSink}.
 */
package org.eden4j.dl4j.metrics.micrometer;
