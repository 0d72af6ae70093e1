/**
 * Turns vectors of several processes into their mean, round by round, and compares it with what one process computes.
 *
 * <pre>
 * MeanCommand --Job--&gt; MeanWorker x N: draw, exchange, hash --events--&gt; MeanRound --Row--&gt; results
 *                                                    ReferenceMean, ExpectedError --/
 * </pre>
 *
 * <p>Start with {@link org.eden4j.simulator.mean.MeanCommand}.
 */
package org.eden4j.simulator.mean;
