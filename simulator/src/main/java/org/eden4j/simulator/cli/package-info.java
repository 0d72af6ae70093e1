/**
 * Turns a command line into a run of a command and its outcome into an exit code.
 *
 * <pre>
 * arguments --picocli--&gt; command (its options, CommonOptions) --rows--&gt; output
 *                              \-- exception --&gt; Failures --&gt; one line on standard error, exit code 1
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.cli.CommonOptions}.
 */
package org.eden4j.simulator.cli;
