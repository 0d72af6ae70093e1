package org.eden4j.simulator.claims;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Generates the vectors and matrices of the claims, with a generator other than that of the codecs. */
final class Gaussians {
    private static final RandomGeneratorFactory<RandomGenerator> GENERATORS = RandomGeneratorFactory
        .of("L64X128MixRandom");

    private Gaussians() {}

    /** Returns a generator; equal seeds give equal streams, which is the meaning of seeding two things alike. */
    static RandomGenerator generator(long seed) {
        return GENERATORS.create(seed);
    }

    /** Fills a vector with N(0,1). */
    static void fill(RandomGenerator random, float[] vector) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
    }
}
