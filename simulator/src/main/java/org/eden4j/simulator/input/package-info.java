/**
 * Turns a name such as {@code lognormal} or {@code sparse:2,1} into the vectors that workers encode.
 *
 * <pre>
 * --input I, --vectors V, --seed --&gt; Draws --(trial, worker)--&gt; float32 vector
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.input.Draws}.
 */
package org.eden4j.simulator.input;
