/**
 * Turns images into problems that workers solve together, round by round, over compressed means.
 *
 * <pre>
 * model --every worker: Task.update--&gt; update --up--&gt; mean --Task.change--&gt; change --down--&gt; model --Task.objective--&gt; row
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.task.TaskCommand}; {@link org.eden4j.simulator.task.Task} is the interface of
 * the problems.
 */
package org.eden4j.simulator.task;
