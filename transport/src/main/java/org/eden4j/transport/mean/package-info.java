/**
 * Turns the Update frames of one round into the Mean frames that answer it, and counts the frames that were applied and
 * left out.
 *
 * <pre>
 * Update frame --RoundCollector: whose turn is it?--&gt; MeanEncoder: sum, encode --&gt; MeanStore --&gt; Mean frame
 *                    Arrivals: what has come, and waits
 * </pre>
 *
 * <p>Start at {@link org.eden4j.transport.mean.RoundCollector}.
 */
package org.eden4j.transport.mean;
