package org.eden4j.simulator.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrawsTest {
    private static final int DIMENSION = 50_000;

    @Test
    void shouldRepeatEveryVectorInAnyOrder() {
        Draws draws = draws("normal", "independent", false);
        float[] first = fill(draws, 3, 2);
        fill(draws, 0, 0);
        assertArrayEquals(first, fill(draws("normal", "independent", false), 3, 2));
    }

    @Test
    void shouldDrawAnewForEachTrialWorkerAndSeed() {
        Draws draws = draws("normal", "independent", false);
        float[] one = fill(draws, 0, 0);
        assertFalse(Arrays.equals(one, fill(draws, 1, 0)));
        assertFalse(Arrays.equals(one, fill(draws, 0, 1)));
        assertFalse(Arrays.equals(one,
                fill(new Draws(Input.parse("normal"), Vectors.parse("independent"), false, 2), 0, 0)));
    }

    @Test
    void shouldKeepOneDrawWhenFixed() {
        assertArrayEquals(fill(draws("normal", "independent", true), 0, 1),
                fill(draws("normal", "independent", true), 9, 1));
        assertTrue(draws("constant", "independent", false).fixed());
    }

    @Test
    void shouldShareOneVectorWhenSame() {
        Draws draws = draws("normal", "same", false);
        assertArrayEquals(fill(draws, 4, 0), fill(draws, 4, 5));
        assertFalse(Arrays.equals(fill(draws, 4, 0), fill(draws, 5, 0)));
    }

    /** By chance: 1e-8, in three comparisons at six standard errors. */
    @ParameterizedTest
    @ValueSource(doubles = {0, .5, .9, 1})
    void shouldCorrelateAsAsked(double rho) {
        Draws draws = draws("normal", "correlated:" + rho, false);
        float[] a = fill(draws, 1, 0);
        float[] b = fill(draws, 1, 1);
        double dot = 0;
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            dot += (double) a[i] * b[i];
            squares += (double) a[i] * a[i];
        }
        assertEquals(rho, dot / squares, 6 / Math.sqrt(DIMENSION));
    }

    @Test
    void shouldRefuseToCorrelateWhatIsNotRandom() {
        assertThrows(IllegalArgumentException.class, () -> draws("constant", "correlated:0.5", false));
        assertThrows(IllegalArgumentException.class, () -> Vectors.parse("correlated:1.5"));
        assertThrows(IllegalArgumentException.class, () -> Vectors.parse("correlated"));
        assertThrows(IllegalArgumentException.class, () -> Vectors.parse("equal"));
    }

    private static Draws draws(String input, String vectors, boolean fixed) {
        return new Draws(Input.parse(input), Vectors.parse(vectors), fixed, 1);
    }

    private static float[] fill(Draws draws, long trial, int worker) {
        float[] vector = new float[DIMENSION];
        draws.fill(trial, worker, vector);
        return vector;
    }
}
