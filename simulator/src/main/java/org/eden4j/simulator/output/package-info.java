/**
 * Turns the rows of a command into text, JSON lines or CSV, and into files.
 *
 * <pre>
 * command --Row--&gt; Results --&gt; standard output (TextTable | JSON lines | CSV)
 *                          \-&gt; --out DIR: results.jsonl, results.csv, manifest.json
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.output.Results}.
 */
package org.eden4j.simulator.output;
