/**
 * Turns the size of a model, the number of workers and the rate of their links into the time of a training step, with
 * every method and without eden4j.
 *
 * <pre>
 * AdviseCommand --CodecSpeed, FrameLayout--&gt; RoundCost --CostModel--&gt; seconds, crossover --&gt; sentence, rows, chart
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.advise.CostModel}.
 */
package org.eden4j.simulator.advise;
