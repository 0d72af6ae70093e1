package org.eden4j.simulator.input;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.eden4j.compressor.BlockSeed;

/**
 * All vectors of an experiment, as a function of (trial, worker) and the seed: any process can draw any of them in any
 * order. The generator and its seed differ from those of the rotations, so data and rotations are independent.
 *
 * @param input distribution of one vector
 * @param vectors relation between the vectors of the workers
 * @param fixed whether one draw serves all trials; always true for deterministic inputs
 * @param seed seed of the experiment
 */
public record Draws(Input input, Vectors vectors, boolean fixed, long seed) {
    /** Separates the streams of inputs from the seeds of the blocks, which come from the same mixer. */
    private static final long STREAM = 0x6C62272E07BB0142L;
    /** Represents all workers in the seed of the draw they share. */
    private static final int COMMON = 0xFFFD;
    private static final RandomGeneratorFactory<RandomGenerator> GENERATORS = RandomGeneratorFactory
        .of("L64X128MixRandom");

    public Draws {
        fixed |= !input.random();
        if (!input.random() && vectors instanceof Vectors.Correlated) {
            throw new IllegalArgumentException("vectors " + vectors + " need a random input, " + input + " is not");
        }
    }

    /** Returns whether all workers have the same vector. */
    public boolean shared() {
        return vectors instanceof Vectors.Same || !input.random();
    }

    /**
     * Draws a worker's vector.
     *
     * @param trial trial or round
     * @param worker number of the worker
     * @param vector every coordinate is set
     */
    public void fill(long trial, int worker, float[] vector) {
        long draw = fixed ? 0 : trial;
        switch (vectors) {
            case Vectors.Same _ -> input.draw(generator(draw, COMMON, vector.length), vector);
            case Vectors.Independent _ -> input.draw(generator(draw, number(worker), vector.length), vector);
            case Vectors.Correlated(double rho) -> {
                float[] common = new float[vector.length];
                input.draw(generator(draw, COMMON, vector.length), common);
                input.draw(generator(draw, number(worker), vector.length), vector);
                float shared = (float) Math.sqrt(rho);
                float own = (float) Math.sqrt(1 - rho);
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = shared * common[i] + own * vector[i];
                }
            }
        }
    }

    /** The number from which a worker's seeds are derived: its own, past those that represent several workers. */
    public static int number(int worker) {
        return worker < COMMON ? worker : worker + BlockSeed.AGGREGATOR + 1 - COMMON;
    }

    private RandomGenerator generator(long draw, int worker, int dimension) {
        return GENERATORS.create(BlockSeed.of(seed ^ STREAM, draw, worker, dimension).own());
    }
}
