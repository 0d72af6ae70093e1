package org.eden4j.simulator.claims;

import java.util.random.RandomGenerator;
import org.eden4j.compressor.BlockLayout;

/**
 * One run of the reply's comparison of rotations at 4 bits: N Gaussian vectors; a dense Haar rotation, once seeded like
 * the data and once independently; a Hadamard rotation with fixed signs; and the scales of matched norm, of EDEN and of
 * raw look-up. Errors are |x^ - x|^2 / d, absolute as in the text.
 *
 * <p>When seeded alike, the matrix and the data come from two generators with the same seed, each from its start. The
 * first d vectors are then the rows of the very matrix G that is orthogonalised, Q is close to G, and the rotated
 * vector has one coordinate of about 2/3 sqrt(d), far outside the codebook. That applies to d / N of the vectors.
 *
 * @param alike dense, seeded like the data
 * @param apart dense, seeded independently of the data
 * @param hadamard one round with fixed signs
 * @param fresh EDEN with new signs for each vector
 * @param stopped EDEN's scale with the Hadamard rotation and a codebook stopped after 100 iterations
 */
record RotationRun(Arm alike, Arm apart, Arm hadamard, Sample fresh, Sample stopped) {
    static final int BITS = 4;
    /** The codebook that the reply's prototype considers converged; at 4 bits it nearly is. */
    private static final LloydCodebook PROTOTYPE = LloydCodebook.stoppedAfter(100, BITS);
    /** Separates a generator from that of the data. */
    private static final long APART = 0x5EED_0F_0A_FA_12L;

    /**
     * The measurements of one rotation.
     *
     * @param matched errors with the scale |y|/|c|
     * @param eden errors with the scale |y|^2/&lt;y,c&gt;
     * @param raw errors with the scale |y|/sqrt(d)
     * @param cosine cos(y, c)
     * @param scale EDEN's scale divided by |y|/sqrt(d)
     */
    record Arm(Sample matched, Sample eden, Sample raw, Sample cosine, Sample scale) {}

    static RotationRun of(int dimension, int vectors, long seed) {
        RandomGenerator data = Gaussians.generator(seed);
        Collector alike = new Collector(dimension, vectors);
        Collector apart = new Collector(dimension, vectors);
        Collector hadamard = new Collector(dimension, vectors);
        double[] fresh = new double[vectors];
        double[] stopped = new double[vectors];
        ReferenceRotation denseAlike = new ReferenceRotation.Dense(dimension, Gaussians.generator(seed));
        ReferenceRotation denseApart = new ReferenceRotation.Dense(dimension, Gaussians.generator(seed ^ APART));
        RandomGenerator signs = Gaussians.generator(seed ^ APART);
        ReferenceRotation fixed = new ReferenceRotation.Hadamard(dimension, signs);
        float[] vector = new float[dimension];
        try (Codecs codecs = new Codecs(Math.max(dimension, BlockLayout.SMALLEST_BLOCK))) {
            for (int i = 0; i < vectors; i++) {
                Gaussians.fill(data, vector);
                alike.add(i, Alignment.of(denseAlike.rotate(vector), PROTOTYPE));
                apart.add(i, Alignment.of(denseApart.rotate(vector), PROTOTYPE));
                Alignment prototype = Alignment.of(fixed.rotate(vector), PROTOTYPE);
                stopped[i] = prototype.error(prototype.unbiasedScale()) * prototype.yy() / dimension;
                hadamard.add(i, prototype);
                fresh[i] = Double.NaN;
                if (dimension >= BlockLayout.SMALLEST_BLOCK) {
                    hadamard.replaceErrors(i, codecs, vector, seed);
                    fresh[i] = codecs.fresh.go(vector, seed, i + 1L).errorPerCoordinate(dimension);
                }
            }
        }
        return new RotationRun(alike.arm(), apart.arm(), hadamard.arm(), new Sample(fresh), new Sample(stopped));
    }

    /** The project's codecs with one Hadamard round, for the dimensions they support. */
    private static final class Codecs implements AutoCloseable {
        final CodecTrip matched;
        final CodecTrip eden;
        final CodecTrip raw;
        final CodecTrip fresh;

        Codecs(int dimension) {
            matched = new CodecTrip("matched-norm:bits=" + BITS + ",rounds=1", dimension);
            eden = new CodecTrip("eden:bits=" + BITS + ",rounds=1", dimension);
            raw = new CodecTrip("turboquant-mse:bits=" + BITS + ",rounds=1", dimension);
            fresh = new CodecTrip("eden:bits=" + BITS + ",rounds=1", dimension);
        }

        @Override
        public void close() {
            matched.close();
            eden.close();
            raw.close();
            fresh.close();
        }
    }

    /** Collects the measurements of a rotation, one vector at a time. */
    private static final class Collector {
        private final int dimension;
        private final double[] matched;
        private final double[] eden;
        private final double[] raw;
        private final double[] cosine;
        private final double[] scale;

        Collector(int dimension, int vectors) {
            this.dimension = dimension;
            matched = new double[vectors];
            eden = new double[vectors];
            raw = new double[vectors];
            cosine = new double[vectors];
            scale = new double[vectors];
        }

        void add(int i, Alignment alignment) {
            double perCoordinate = alignment.yy() / dimension;
            matched[i] = perCoordinate * alignment.error(alignment.matchedScale());
            eden[i] = perCoordinate * alignment.error(alignment.unbiasedScale());
            raw[i] = perCoordinate * alignment.error(alignment.unitScale());
            cosine[i] = alignment.cosine();
            scale[i] = alignment.unbiasedScale() / alignment.unitScale();
        }

        /** Replaces the errors by those of the codecs, all with rotation number 0. */
        void replaceErrors(int i, Codecs codecs, float[] vector, long seed) {
            matched[i] = codecs.matched.go(vector, seed, 0).errorPerCoordinate(dimension);
            eden[i] = codecs.eden.go(vector, seed, 0).errorPerCoordinate(dimension);
            raw[i] = codecs.raw.go(vector, seed, 0).errorPerCoordinate(dimension);
        }

        Arm arm() {
            return new Arm(new Sample(matched), new Sample(eden), new Sample(raw), new Sample(cosine),
                    new Sample(scale));
        }
    }
}
