package org.eden4j.simulator.bench;

/**
 * What one fork measures.
 *
 * @param method the method's text
 * @param dimension coordinates
 * @param blockSize coordinates of a block
 * @param threads threads that encode and decode
 * @param seed of the vector
 */
public record BenchSettings(String method, int dimension, int blockSize, int threads, long seed) {}
