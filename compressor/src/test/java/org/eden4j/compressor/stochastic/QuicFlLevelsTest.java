package org.eden4j.compressor.stochastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.eden4j.compressor.kernel.Normal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuicFlLevelsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldRiseSymmetricallyBetweenTheBounds(int bits) {
        QuicFlLevels table = QuicFlLevels.ofBits(bits);
        double[] levels = table.levels();
        assertEquals(1 << bits, levels.length);
        assertEquals(1.0 / QuicFl.OUTLIERS, 2 * Normal.mass(table.bound(), Normal.TOP), 1e-10);
        for (int i = 0; i < levels.length; i++) {
            assertEquals(-levels[i], levels[levels.length - 1 - i], 1e-9, "level " + i);
            assertTrue(i == 0 || levels[i] > levels[i - 1], "level " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 8})
    void shouldStateItsError(int bits) {
        QuicFlLevels table = QuicFlLevels.ofBits(bits);
        assertEquals(error(table.levels()), table.vnmse(), 1e-6 * table.vnmse());
    }

    /** Moving any inner level either way raises the error, by the same to first order: nothing is left to gain. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 6})
    void shouldStandWhereTheErrorIsLeast(int bits) {
        double[] levels = QuicFlLevels.ofBits(bits).levels();
        double least = error(levels);
        for (int i = 1; i < levels.length - 1; i++) {
            double step = .05 * Math.min(levels[i] - levels[i - 1], levels[i + 1] - levels[i]);
            double up = error(moved(levels, i, step)) - least;
            double down = error(moved(levels, i, -step)) - least;
            assertTrue(up > 0 && down > 0, "level " + i + ": " + up + ", " + down);
            assertEquals(up, down, .2 * Math.max(up, down), "level " + i);
        }
    }

    private static double[] moved(double[] levels, int i, double step) {
        double[] moved = levels.clone();
        moved[i] += step;
        return moved;
    }

    /** Returns the integral of (z - low)(high - z) phi(z), by Simpson's rule on each cell. */
    private static double error(double[] levels) {
        double sum = 0;
        int pieces = 400;
        for (int cell = 1; cell < levels.length; cell++) {
            double low = levels[cell - 1];
            double high = levels[cell];
            double width = (high - low) / pieces;
            for (int i = 0; i <= pieces; i++) {
                double z = low + i * width;
                int weight = i == 0 || i == pieces ? 1 : (i & 1) == 1 ? 4 : 2;
                sum += weight * width / 3 * (z - low) * (high - z) * Normal.density(z);
            }
        }
        return sum;
    }
}
