/**
 * Turns vectors of several processes into their mean, round by round, and compares it with the mean computed in one
 * process.
 *
 * <pre>
 * MeanCommand --Job--&gt; MeanWorker x N: draw, exchange, hash --events--&gt; MeanRun --Row--&gt; results
 *                                                    ReferenceMean, ExpectedError --/
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.mean.MeanCommand}.
 */
package org.eden4j.simulator.mean;
