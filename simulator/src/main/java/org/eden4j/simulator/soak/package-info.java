/**
 * Turns a seed into a long job in which members are killed, stopped, removed and replaced, and into a verdict: whether
 * every round's mean was correct and nothing was left behind.
 *
 * <pre>
 * SoakCommand --&gt; SoakRun --incidents--&gt; Incident, --rounds--&gt; RoundJudge, --memory--&gt; Footprint
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.soak.SoakCommand}.
 */
package org.eden4j.simulator.soak;
