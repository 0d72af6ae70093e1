package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chosen loops of trellis and entropy coding against the scalar ones, and those against what they are to compute. */
class CodingKernelsTest {
    private static final long SEED = 18;
    private static final int STEPS = 8;
    private static final float LIMIT = 20f;

    private final CodingKernels chosen = KernelProvider.kernels().coding();
    private final CodingKernels scalar = new ScalarCoding();

    private static MemorySegment room(long bytes) {
        return Arena.ofAuto().allocate(bytes, 64);
    }

    private static float[] trellis(CodingKernels kernels, float[] x, float quarter) {
        MemorySegment points = room(4L * x.length);
        kernels.latticeTrellis(TestVectors.offHeap(x), x.length, quarter, LIMIT, room(4L * x.length), points);
        return TestVectors.floats(points);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512, 1024, 2048, 4096, 16384})
    void shouldFindTheSamePathsAsTheScalarLoops(int n) {
        for (float step : new float[]{.01f, .13f, .53f, 1.2f, 1.83f, 40f}) {
            float[] x = TestVectors.normal(SEED + n, n);
            assertArrayEquals(trellis(scalar, x, .25f / step), trellis(chosen, x, .25f / step), "step " + step);
        }
        float[] ties = new float[n];
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < n; i++) {
            ties[i] = random.nextInt(-8, 9) * .5f;
        }
        assertArrayEquals(trellis(scalar, ties, .25f), trellis(chosen, ties, .25f));
    }

    @Test
    void shouldStayWithinTheLimitWhateverTheCoordinates() {
        float[] x = TestVectors.normal(SEED, 128);
        x[5] = 1e30f;
        x[70] = -1e30f;
        float[] points = trellis(chosen, x, .25f);
        assertArrayEquals(trellis(scalar, x, .25f), points);
        for (float point : points) {
            assertTrue(Math.abs(point) <= 4 * LIMIT + 2, "level " + point);
        }
    }

    /** All 2^8 sequences of input bits of each lane, by squares in double; metrics are rounded to 1/64. */
    @Test
    void shouldFindTheNearestOfAllAdmissibleSequences() {
        for (int trial = 0; trial < 20; trial++) {
            float[] x = TestVectors.normal(SEED + trial, CodingKernels.LANES * STEPS, 1.5f);
            float[] points = trellis(scalar, x, .25f);
            for (int lane = 0; lane < CodingKernels.LANES; lane++) {
                double best = Double.MAX_VALUE;
                for (int inputs = 0; inputs < 1 << STEPS; inputs++) {
                    best = Math.min(best, squaredDistance(x, lane, inputs));
                }
                double found = 0;
                for (int t = 0; t < STEPS; t++) {
                    int i = CodingKernels.LANES * t + lane;
                    found += (x[i] - points[i]) * (x[i] - points[i]);
                }
                assertTrue(isAdmissible(points, lane), "lane " + lane + " of trial " + trial);
                assertTrue(found < best + STEPS * 2.0 / CodingKernels.METRIC_UNITS, found + " against " + best);
            }
        }
    }

    /** u(t) for negative t is 0. */
    private static int bit(int inputs, int t) {
        return t < 0 ? 0 : inputs >> t & 1;
    }

    private static int residue(int inputs, int t) {
        return 2 * (bit(inputs, t) ^ bit(inputs, t - 1) ^ bit(inputs, t - 3)) + bit(inputs, t - 2);
    }

    private static double squaredDistance(float[] x, int lane, int inputs) {
        double sum = 0;
        for (int t = 0; t < STEPS; t++) {
            double v = x[CodingKernels.LANES * t + lane];
            int residue = residue(inputs, t);
            double level = residue + 4 * Math.rint((v - residue) / 4);
            sum += (v - level) * (v - level);
        }
        return sum;
    }

    private static boolean isAdmissible(float[] points, int lane) {
        for (int inputs = 0; inputs < 1 << STEPS; inputs++) {
            boolean same = true;
            for (int t = 0; t < STEPS; t++) {
                same &= ((int) points[CodingKernels.LANES * t + lane] & 3) == residue(inputs, t);
            }
            if (same) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 1024, 4096})
    void shouldFindTheSameThreeLevels(int n) {
        float[] x = TestVectors.normal(SEED, n);
        x[3] = 2;
        x[4] = -2;
        MemorySegment a = room(4L * n);
        MemorySegment b = room(4L * n);
        scalar.deadZone(TestVectors.offHeap(x), n, 1, 2, a);
        chosen.deadZone(TestVectors.offHeap(x), n, 1, 2, b);
        assertArrayEquals(TestVectors.floats(a), TestVectors.floats(b));
        for (int i = 0; i < n; i++) {
            assertEquals(x[i] > 2 ? 1 : x[i] < -2 ? -1 : 0, a.getAtIndex(ScalarKernels.FLOAT, i));
        }
    }

    private static int largest(double variance) {
        return (int) Math.ceil(6 * Math.sqrt(variance)) + 2;
    }

    private static RansTable table(double variance, boolean trellis) {
        double[] weights = new double[RansTable.INDICES];
        int largest = largest(variance);
        for (int k = -largest; k <= largest; k++) {
            weights[RansTable.OFFSET + k] = Math.exp(-k * k / (2 * variance));
        }
        return new RansTable(weights, trellis);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 512, 4096})
    void shouldCodeAndDecodeTheSameWords(int n) {
        for (double variance : new double[]{.4, 4, 60}) {
            for (boolean trellis : new boolean[]{true, false}) {
                RansTable table = table(variance, trellis);
                float[] x = TestVectors.normal(SEED, n, (float) Math.sqrt(variance));
                MemorySegment points = TestVectors.offHeap(trellis ? trellis(scalar, x, .25f) : rounded(x));
                MemorySegment[] words = {room(128 + 2L * n), room(128 + 2L * n)};
                int[][] states = {states(), states()};
                int bytes = scalar.ransEncode(points, n, table, states[0], words[0]);
                assertEquals(bytes, chosen.ransEncode(points, n, table, states[1], words[1]));
                assertArrayEquals(states[0], states[1]);
                assertArrayEquals(coded(words[0], bytes), coded(words[1], bytes));
                for (CodingKernels kernels : new CodingKernels[]{scalar, chosen}) {
                    int[] state = states[0].clone();
                    int[] paths = new int[CodingKernels.LANES];
                    MemorySegment decoded = room(4L * n);
                    assertEquals(0, kernels.ransDecode(words[0], bytes, n, table, state, paths, 1, decoded));
                    assertArrayEquals(states(), state);
                    assertArrayEquals(TestVectors.floats(points), TestVectors.floats(decoded));
                }
            }
        }
    }

    @Test
    void shouldStopWhereWordsAreTooFewAndDecodeNoiseTheSame() {
        int n = 1024;
        SplittableRandom random = new SplittableRandom(SEED);
        RansTable table = table(4, true);
        for (int trial = 0; trial < 200; trial++) {
            int bytes = random.nextInt(2 * n);
            byte[] noise = new byte[bytes];
            random.nextBytes(noise);
            MemorySegment words = room(128 + 2L * n);
            MemorySegment.copy(noise, 0, words, ValueLayout.JAVA_BYTE, CodingKernels.WORD_MARGIN, bytes);
            int[] start = random.ints(CodingKernels.LANES, CodingKernels.LEAST_STATE, Integer.MAX_VALUE).toArray();
            int[][] states = {start.clone(), start.clone()};
            int[][] paths = new int[2][CodingKernels.LANES];
            MemorySegment[] points = {room(4L * n), room(4L * n)};
            int left = scalar.ransDecode(words, bytes, n, table, states[0], paths[0], .3f, points[0]);
            assertEquals(left, chosen.ransDecode(words, bytes, n, table, states[1], paths[1], .3f, points[1]));
            if (left >= 0) {
                assertArrayEquals(states[0], states[1]);
                assertArrayEquals(paths[0], paths[1]);
                assertArrayEquals(TestVectors.floats(points[0]), TestVectors.floats(points[1]));
            }
        }
    }

    private static float[] rounded(float[] x) {
        float[] result = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = (float) Math.rint(x[i]) + 0f; // without negative zeros
        }
        return result;
    }

    private static int[] states() {
        int[] states = new int[CodingKernels.LANES];
        Arrays.setAll(states, lane -> CodingKernels.LEAST_STATE + 1000 * lane);
        return states;
    }

    private static byte[] coded(MemorySegment words, int bytes) {
        return words.asSlice(CodingKernels.WORD_MARGIN, bytes).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void shouldHaveFrequenciesThatFillTheirTables() {
        for (boolean trellis : new boolean[]{true, false}) {
            RansTable table = table(4, trellis);
            for (int parity = 0; parity < (trellis ? 2 : 1); parity++) {
                int total = 0;
                for (int k = -RansTable.OFFSET; k < RansTable.OFFSET; k++) {
                    if (!trellis || (k & 1) == parity) {
                        int frequency = table.frequency(k);
                        for (int slot = total; slot < total + frequency; slot++) {
                            assertEquals(k, table.symbol(slot, 2 * parity));
                        }
                        assertTrue(frequency == 0 || table.before(k) == total);
                        assertEquals(Math.abs(k) <= largest(4), frequency > 0, "symbol " + k);
                        total += frequency;
                    }
                }
                assertEquals(RansTable.TOTAL, total);
            }
        }
    }
}
