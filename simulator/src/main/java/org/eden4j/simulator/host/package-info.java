/**
 * Turns one process of one host into one member of a job: the roles that {@code mean} starts by itself, by hand.
 *
 * <pre>
 * host A:  eden aggregator --listen A:7400       a line a round: who contributed, bytes, time
 * host B:  eden worker --connect A:7400          a line a round: when it began and ended, bytes, the mean's hash
 * host C:  eden worker --connect A:7400
 * </pre>
 *
 * <p>Start with {@link org.eden4j.simulator.host.AggregatorCommand}.
 */
package org.eden4j.simulator.host;
