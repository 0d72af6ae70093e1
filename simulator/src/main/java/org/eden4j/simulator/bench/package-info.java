/**
 * Turns methods into nanoseconds a coordinate: {@code eden bench}.
 *
 * <pre>
 * BenchCommand -- BenchSettings --> BenchFork, a JVM of its own, several times -- BenchResult --> rows
 * </pre>
 *
 * Start with {@link org.eden4j.simulator.bench.BenchFork}.
 */
package org.eden4j.simulator.bench;
