/**
 * Turns a command line into experiments, jobs of several processes, and reports.
 *
 * <pre>
 * eden (script) --&gt; Eden4j --&gt; sweep    in this process: bits against error
 *                          --&gt; claims   in this process: the numbers of two texts, judged
 *                          --&gt; mean     worker processes + aggregator process: the mean of vectors
 *                          --&gt; train    the same, each worker training a Deeplearning4j model
 *                          --&gt; demo     three such runs, compared
 *                          --&gt; doctor   checks of this machine
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.Eden4j}.
 */
package org.eden4j.simulator;
