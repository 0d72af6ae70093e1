/**
 * Turns the rows that a command measures into text, JSON lines or CSV, and into files.
 *
 * <pre>
 * command --Row--&gt; Results --&gt; standard output (TextTable | JSON lines | CSV)
 *                          \-&gt; --out DIR: results.jsonl, manifest.json
 * </pre>
 *
 * <p>Start with {@link org.eden4j.simulator.output.Results}.
 */
package org.eden4j.simulator.output;
