/**
 * Turns methods into nanoseconds per coordinate: {@code eden bench}.
 *
 * <pre>
 * BenchCommand -- BenchSettings --> BenchFork, several JVMs in turn -- BenchResult --> rows
 * </pre>
 *
 * <p>Start at {@link org.eden4j.simulator.bench.BenchFork}.
 */
package org.eden4j.simulator.bench;
