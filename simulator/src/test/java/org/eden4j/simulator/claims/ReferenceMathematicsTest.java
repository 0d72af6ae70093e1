package org.eden4j.simulator.claims;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The plain mathematics against closed forms and against tables computed elsewhere in double precision. By chance: 1e-7, in five
 * comparisons at six standard errors and three at eight or more.
 */
class ReferenceMathematicsTest {
    private static final long SEED = 20260917;

    @ParameterizedTest
    @CsvSource({"0, 0.5", "1, 0.8413447460685429", "-1.959963984540054, 0.025", "3, 0.9986501019683699",
            "-6, 9.865876450376946e-10"})
    void shouldKnowTheNormalLaw(double x, double probability) {
        assertEquals(probability, NormalLaw.below(x), 4e-15);
        assertEquals(x, NormalLaw.quantile(probability), 1e-5);
    }

    /** D of the Lloyd-Max quantizers of N(0,1); 1 - 2/pi at one bit. */
    @ParameterizedTest
    @CsvSource({"1, 0.363380227632", "2, 0.117481847829", "3, 0.0345477607885", "4, 0.00950100800819"})
    void shouldConvergeToTheLloydMaxCodebook(int bits, double distortion) {
        assertEquals(distortion, LloydCodebook.converged(bits).distortion(), 1e-12);
    }

    /** Computed with NumPy and SciPy. */
    @ParameterizedTest
    @CsvSource({"4, 0.009505757265888", "6, 0.001022283019284", "8, 0.000167099905502"})
    void shouldBeFarFromConvergedAfterAHundredIterations(int bits, double distortion) {
        assertEquals(distortion, LloydCodebook.stoppedAfter(100, bits).distortion(), 1e-12);
    }

    @Test
    void shouldFindTheNearestCentroid() {
        LloydCodebook codebook = LloydCodebook.converged(3);
        double[] centroids = codebook.centroids();
        assertEquals(8, centroids.length);
        for (int i = 0; i < centroids.length; i++) {
            assertEquals(centroids[i], codebook.nearest(centroids[i] + .01));
            assertEquals(-centroids[i], centroids[centroids.length - 1 - i], 1e-9, "symmetric");
        }
        assertEquals(centroids[0], codebook.nearest(-100));
        assertEquals(centroids[7], codebook.nearest(100));
    }

    /** x = (3, 4), c = (1, 1). */
    @Test
    void shouldKnowTheScalesAndTheirErrors() {
        Alignment alignment = new Alignment(25, 7, 2, 2);
        assertEquals(25 / 7.0, alignment.unbiasedScale(), 1e-15);
        assertEquals(3.5, alignment.biasedScale());
        assertEquals(5 / Math.sqrt(2), alignment.matchedScale(), 1e-15);
        assertEquals(5 / Math.sqrt(2), alignment.unitScale(), 1e-15);
        double cosine = 7 / Math.sqrt(50);
        assertEquals(cosine, alignment.cosine(), 1e-15);
        assertEquals(1 / (cosine * cosine) - 1, alignment.error(alignment.unbiasedScale()), 1e-15);
        assertEquals(1 - cosine * cosine, alignment.error(alignment.biasedScale()), 1e-15);
        assertEquals(2 - 2 * cosine, alignment.error(alignment.matchedScale()), 1e-15);
    }

    @Test
    void shouldAlignAVectorWithItsCentroids() {
        LloydCodebook signs = LloydCodebook.converged(1);
        Alignment alignment = Alignment.of(new double[]{3, -4}, signs);
        double c = Math.sqrt(2 / Math.PI);
        assertEquals(25, alignment.yy());
        assertEquals(7 * c, alignment.yc(), 1e-12);
        assertEquals(2 * c * c, alignment.cc(), 1e-12);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 16, 65})
    void shouldDrawProperRotations(int dimension) {
        for (int draw = 0; draw < 8; draw++) {
            double[][] matrix = matrix(
                    new ReferenceRotation.Dense(dimension, Gaussians.generator(SEED + draw)), dimension);
            for (int i = 0; i < dimension; i++) {
                for (int j = 0; j < dimension; j++) {
                    double dot = 0;
                    for (int k = 0; k < dimension; k++) {
                        dot += matrix[i][k] * matrix[j][k];
                    }
                    assertEquals(i == j ? 1 : 0, dot, 1e-12);
                }
            }
            if (dimension == 2) {
                assertEquals(1, matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0], 1e-12);
            }
            if (dimension == 3) {
                assertEquals(1, determinant(matrix), 1e-12);
            }
        }
    }

    /** E Q_11^2 = 1/3 and E Q_11^4 = 1/5 where the first column is uniform on the sphere in three dimensions. */
    @Test
    void shouldDrawRotationsFromHaarMeasure() {
        RandomGenerator random = Gaussians.generator(SEED);
        int draws = 20_000;
        double second = 0;
        double fourth = 0;
        for (int draw = 0; draw < draws; draw++) {
            double first = new ReferenceRotation.Dense(3, random).rotate(new float[]{1, 0, 0})[0];
            second += first * first / draws;
            fourth += first * first * first * first / draws;
        }
        // standard deviations .298 and .267 of one draw
        assertEquals(1 / 3.0, second, 6 * .298 / Math.sqrt(draws));
        assertEquals(1 / 5.0, fourth, 6 * .267 / Math.sqrt(draws));
    }

    @Test
    void shouldRotateByTheSylvesterMatrix() {
        float[] x = {1, 2, 3, 4};
        double[] y = new ReferenceRotation.Hadamard(4, Gaussians.generator(SEED)).rotate(x).clone();
        double squares = 0;
        for (double value : y) {
            squares += value * value;
        }
        assertEquals(30, squares, 1e-12);
        double[] first = new ReferenceRotation.Hadamard(4, Gaussians.generator(SEED)).rotate(new float[]{1, 0, 0, 0});
        for (double value : first) {
            assertEquals(.5, Math.abs(value), 1e-15);
            assertEquals(first[0], value, "a column of equal signs");
        }
        assertThrows(IllegalArgumentException.class,
                () -> new ReferenceRotation.Hadamard(12, Gaussians.generator(SEED)));
    }

    /** The codec and the mathematics agree where both exist: the laws of their errors are the same. */
    @ParameterizedTest
    @CsvSource({"eden:bits=3, unbiased", "matched-norm:bits=3, matched", "turboquant-mse:bits=3, unit"})
    void shouldAgreeWithTheCodecs(String method, String scale) {
        int vectors = 8000;
        float[] x = new float[128];
        double[] byCodec = new double[vectors];
        double[] inDouble = new double[vectors];
        RandomGenerator random = Gaussians.generator(SEED);
        ReferenceRotation rotation = new ReferenceRotation.Dense(128, Gaussians.generator(SEED + 1));
        LloydCodebook codebook = LloydCodebook.converged(3);
        try (CodecTrip trip = new CodecTrip(method, 128)) {
            for (int i = 0; i < vectors; i++) {
                Gaussians.fill(random, x);
                byCodec[i] = trip.go(x, SEED, i).error();
                Alignment alignment = Alignment.of(rotation.rotate(x), codebook);
                inDouble[i] = alignment.error(switch (scale) {
                    case "unbiased" -> alignment.unbiasedScale();
                    case "matched" -> alignment.matchedScale();
                    default -> alignment.unitScale();
                });
            }
        }
        Measured codec = Measured.mean(byCodec);
        Measured mathematics = Measured.mean(inDouble);
        assertEquals(codec.value(), mathematics.value(),
                6 * Math.hypot(codec.standardError(), mathematics.standardError()));
    }

    @Test
    void shouldKnowTheSharesOfASample() {
        Sample sample = new Sample(new double[]{5, 1, 2, 4, 3});
        assertEquals(3, sample.mean());
        assertEquals(3, sample.median());
        assertEquals(1, sample.least());
        assertEquals(5, sample.largest());
        assertEquals(4.6, sample.quantile(.9), 1e-15);
        assertEquals(9 / 15.0, sample.shareOfLargest(.4), 1e-15);
        assertEquals(.4, sample.shareAbove(3), 1e-15);
    }

    /** The first d vectors are rows of the matrix: their errors are about ten times those of the others, and only where seeded alike. */
    @Test
    void shouldSeeATailWhereDataAndRotationAreSeededAlikeOnly() {
        RotationRun run = RotationRun.of(64, 640, SEED);
        assertTrue(run.alike().matched().quantile(.95) > 5 * run.apart().matched().quantile(.95));
        assertTrue(run.alike().matched().shareAbove(.04) > .08, "a tenth of the vectors are such");
        assertTrue(run.apart().matched().quantile(.95) < 1.2 * run.hadamard().matched().quantile(.95));
        assertEquals(run.apart().matched().median(), run.hadamard().matched().median(), .001);
    }

    @Test
    void shouldCutVectorsAndLeaveOutZeros() {
        float[][] vectors = RealVectors.cut(new float[]{1, 2, 0, 0, 3, 0, 4}, 2);
        assertEquals(2, vectors.length);
        assertEquals(3, vectors[1][0]);
        assertEquals(2, RealVectors.kurtosis(new float[]{1, -1, 0, 0}), 1e-12);
    }

    private static double[][] matrix(ReferenceRotation rotation, int dimension) {
        double[][] columns = new double[dimension][];
        for (int k = 0; k < dimension; k++) {
            float[] unit = new float[dimension];
            unit[k] = 1;
            columns[k] = rotation.rotate(unit).clone();
        }
        return columns;
    }

    private static double determinant(double[][] m) {
        return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
                - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    }
}
