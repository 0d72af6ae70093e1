/**
 * Turns a job's description into an aggregator and workers that run, as processes or as threads, and into their events.
 *
 * <pre>
 * Job --starts--&gt; Team --lines on stdin--&gt; ProcessMember (a JVM: ChildMain) | ThreadMember --&gt; Role
 *     &lt;--Event--       &lt;--JSON lines on stdout--
 * </pre>
 *
 * <p>A member ends when its commands end, so whatever becomes of the parent, no process stays behind. Start with
 * {@link org.eden4j.simulator.process.Job}.
 */
package org.eden4j.simulator.process;
