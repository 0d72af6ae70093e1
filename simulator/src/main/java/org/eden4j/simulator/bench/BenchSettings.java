package org.eden4j.simulator.bench;

/**
 * The settings of one measurement.
 *
 * @param method text form of the method
 * @param dimension number of coordinates
 * @param blockSize coordinates of a block
 * @param threads number of threads that encode and decode
 * @param seed seed of the vector
 */
public record BenchSettings(String method, int dimension, int blockSize, int threads, long seed) {}
