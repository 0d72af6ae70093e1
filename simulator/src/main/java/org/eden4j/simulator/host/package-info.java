/**
 * Turns one process of one host into one member of a job: the roles that {@code mean} starts by itself, started by
 * hand.
 *
 * <pre>
 * host A:  eden aggregator --listen A:7400       a row per round: contributors, bytes, time
 * host B:  eden worker --connect A:7400          a row per round: begin and end, bytes, hash of the mean
 * host C:  eden worker --connect A:7400
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.host.AggregatorCommand}.
 */
package org.eden4j.simulator.host;
