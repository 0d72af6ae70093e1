package org.eden4j.compressor.coding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.eden4j.compressor.kernel.ScalarCoding;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.eden4j.compressor.kernel.TrellisCodebook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Measures the trained points again. By chance: 1e-6, in 120 comparisons at six standard errors and 24 at 5.5 and more.
 */
class TrellisPointsTest {
    private static final long SEED = 0x7e;
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 400;
    /** Upper limits of the unbiased vNMSE at 1, 2, 3 and 4 bits: 8 states, then 64. */
    private static final double[][] MOST = {{.444, .0957, .0248, .0064}, {.415, .089, .0233, .0062}};

    private static Stream<Arguments> all() {
        return Stream.of(Trellis.EIGHT, Trellis.SIXTY_FOUR)
            .flatMap(trellis -> IntStream.rangeClosed(1, TrellisCodebook.MOST_BITS)
                .mapToObj(bits -> Arguments.of(trellis, bits)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldHaveTheErrorsOfTheTable(Trellis trellis, int bits) {
        TrellisPoints points = TrellisPoints.of(trellis, bits);
        for (int n = TrellisPoints.SMALLEST; n <= BLOCK; n *= 2) {
            var measured = TrellisPointsTable.Measured.of(points.codebook(), n, BLOCKS, SEED);
            Measurement.print("%d states, %d bits, %d coordinates: vNMSE %.5g, table %.5g", trellis.states(), bits, n,
                    measured.vnmse(), points.vnmse(n));
            assertEquals(points.vnmse(n), measured.vnmse(), .015 * points.vnmse(n));
            assertTrue(n < BLOCK || Math.abs(measured.square() / points.square() - 1) < .01, "square " + measured);
        }
        assertTrue(points.vnmse() <= MOST[trellis == Trellis.EIGHT ? 0 : 1][bits - 1], points.toString());
    }

    /**
     * Each point is the mean of the coordinates quantized to it, which is Lloyd's condition: with the scalar loops, in
     * double. Within six standard errors of that mean plus what 100 iterations leave.
     */
    @ParameterizedTest
    @MethodSource("all")
    void shouldBeTheMeansOfTheirCoordinates(Trellis trellis, int bits) {
        TrellisCodebook codebook = TrellisPoints.of(trellis, bits).codebook();
        int count = 2 << bits;
        double[] sums = new double[count];
        double[] squares = new double[count];
        int[] counts = new int[count];
        MemorySegment indices = Arena.ofAuto().allocate(4L * BLOCK, 64);
        MemorySegment points = Arena.ofAuto().allocate(4L * BLOCK, 64);
        ScalarCoding kernels = new ScalarCoding();
        for (int block = 0; block < 60; block++) {
            float[] x = TestVectors.normal(SEED + block, BLOCK);
            kernels.codebookTrellis(codebook, TestVectors.offHeap(x), BLOCK, 1, indices, points);
            for (int i = 0; i < BLOCK; i++) {
                int j = 0;
                while (codebook.point(j) != points.getAtIndex(ScalarKernels.FLOAT, i)) {
                    j++;
                }
                sums[j] += x[i];
                squares[j] += x[i] * x[i];
                counts[j]++;
            }
        }
        for (int j = 0; j < count; j++) {
            double mean = sums[j] / counts[j];
            double standardError = Math.sqrt((squares[j] / counts[j] - mean * mean) / counts[j]);
            assertEquals(mean, codebook.point(j), 6 * standardError + .003, "point " + j);
        }
    }

    @Test
    void shouldMirrorAndAscend() {
        for (Trellis trellis : List.of(Trellis.EIGHT, Trellis.SIXTY_FOUR)) {
            for (int bits = 1; bits <= TrellisCodebook.MOST_BITS; bits++) {
                TrellisCodebook codebook = TrellisPoints.of(trellis, bits).codebook();
                for (int j = 0; j < 2 << bits; j++) {
                    assertEquals(-codebook.point((2 << bits) - 1 - j), codebook.point(j));
                    assertTrue(j == 0 || codebook.point(j) > codebook.point(j - 1));
                }
            }
        }
    }

    @Test
    void shouldRefuseStatesThatNoPointsWereTrainedFor() {
        assertThrows(IllegalArgumentException.class, () -> TrellisPoints.of(Trellis.THIRTY_TWO, 2));
        assertThrows(IllegalArgumentException.class, () -> TrellisPoints.of(Trellis.EIGHT, 5));
    }
}
