/**
 * Turns the Update frames of one round into the Mean frames that answer it.
 *
 * <pre>
 * Update frame --RoundCollector--&gt; sum of a block --last awaited contribution--&gt; encoded block --MeanStore--&gt; Mean frame
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.mean.RoundCollector}.
 */
package org.eden4j.transport.mean;
