package org.eden4j.simulator.claims;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Where the vectors and matrices of the claims come from: one generator, another one than that of the codecs. */
final class Gaussians {
    private static final RandomGeneratorFactory<RandomGenerator> GENERATORS = RandomGeneratorFactory
        .of("L64X128MixRandom");

    private Gaussians() {}

    /** A generator; equal seeds give equal streams, which is what seeding two things alike means. */
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
