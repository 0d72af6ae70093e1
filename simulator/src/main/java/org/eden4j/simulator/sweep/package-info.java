/**
 * Turns all combinations of method, dimension and number of workers into errors, biases, bits and times, in one
 * process.
 *
 * <pre>
 * SweepCommand --Cell--&gt; CellRun --groups of trials, in parallel--&gt; TrialGroup --Moments, BiasSums--&gt; Row
 * </pre>
 *
 * <p>A group of trials runs in order in one thread and groups are merged in order, so results do not depend on the
 * number of threads. Start at {@link org.eden4j.simulator.sweep.SweepCommand}.
 */
package org.eden4j.simulator.sweep;
