/**
 * Turns a seed into a long job in which members are killed, stopped, sent away and replaced, and into a verdict: whether
 * every round's mean was right and nothing was left behind.
 *
 * <pre>
 * SoakCommand --&gt; SoakRun --incidents--&gt; Incident, --rounds--&gt; RoundJudge, --memory--&gt; Footprint
 * </pre>
 *
 * <p>Start with {@link org.eden4j.simulator.soak.SoakCommand}.
 */
package org.eden4j.simulator.soak;
