package org.eden4j.simulator.input;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.eden4j.compressor.BlockSeed;

/**
 * All vectors of an experiment: a function of (trial, worker) and the seed, so that any process can make any of them, in any
 * order. The generator is another one than that of the rotations, with another seed, so that data and rotations are unrelated.
 *
 * @param input the law of one vector
 * @param vectors how the workers' vectors are related
 * @param fixed whether one draw serves all trials; always so for inputs that are not random
 * @param seed the experiment's seed
 */
public record Draws(Input input, Vectors vectors, boolean fixed, long seed) {
    /** Sets the streams of inputs apart from the seeds of the blocks, which come from the same mixer. */
    private static final long STREAM = 0x6C62272E07BB0142L;
    /** Stands for all workers in the seed of what they have in common. */
    private static final int COMMON = 0xFFFD;
    private static final RandomGeneratorFactory<RandomGenerator> GENERATORS = RandomGeneratorFactory
        .of("L64X128MixRandom");

    public Draws {
        fixed |= !input.random();
        if (!input.random() && vectors instanceof Vectors.Correlated) {
            throw new IllegalArgumentException("vectors " + vectors + " need a random input, " + input + " is not");
        }
    }

    /** Whether all workers have the same vector. */
    public boolean shared() {
        return vectors instanceof Vectors.Same || !input.random();
    }

    /**
     * Fills a worker's vector.
     *
     * @param trial the trial or round
     * @param worker the worker's number
     * @param vector every coordinate is set
     */
    public void fill(long trial, int worker, float[] vector) {
        long draw = fixed ? 0 : trial;
        switch (vectors) {
            case Vectors.Same _ -> input.draw(generator(draw, COMMON, vector.length), vector);
            case Vectors.Independent _ -> input.draw(generator(draw, worker, vector.length), vector);
            case Vectors.Correlated(double rho) -> {
                float[] common = new float[vector.length];
                input.draw(generator(draw, COMMON, vector.length), common);
                input.draw(generator(draw, worker, vector.length), vector);
                float shared = (float) Math.sqrt(rho);
                float own = (float) Math.sqrt(1 - rho);
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = shared * common[i] + own * vector[i];
                }
            }
        }
    }

    private RandomGenerator generator(long draw, int worker, int dimension) {
        return GENERATORS.create(BlockSeed.of(seed ^ STREAM, draw, worker, dimension).own());
    }
}
