package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eden4j.compressor.Measurement;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.CodingKernels.Trellis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the selected loops of trellis and entropy coding with the scalar ones, and those with their definition. */
class CodingKernelsTest {
    private static final long SEED = 18;
    private static final int STEPS = 8;
    private static final float LIMIT = 20f;

    private final CodingKernels chosen = KernelProvider.kernels().coding();
    private final CodingKernels scalar = new ScalarCoding();

    private static MemorySegment room(long bytes) {
        return Arena.ofAuto().allocate(bytes, 64);
    }

    private static final List<Trellis> LATTICES = List.of(Trellis.EIGHT, Trellis.THIRTY_TWO);

    private static float[] lattice(CodingKernels kernels, Trellis trellis, float[] x, float quarter) {
        MemorySegment points = room(4L * x.length);
        kernels.latticeTrellis(trellis, TestVectors.offHeap(x), x.length, quarter, LIMIT, points);
        return TestVectors.floats(points);
    }

    private static float[] ties(int n) {
        float[] ties = new float[n];
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < n; i++) {
            ties[i] = random.nextInt(-8, 9) * .5f;
        }
        return ties;
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512, 1024, 2048, 4096, 16384})
    void shouldFindTheSamePathsAsTheScalarLoops(int n) {
        for (Trellis trellis : LATTICES) {
            for (float step : new float[]{.01f, .13f, .53f, 1.2f, 1.83f, 40f}) {
                float[] x = TestVectors.normal(SEED + n, n);
                assertArrayEquals(lattice(scalar, trellis, x, .25f / step), lattice(chosen, trellis, x, .25f / step),
                        trellis + ", step " + step);
            }
            float[] ties = ties(n);
            assertArrayEquals(lattice(scalar, trellis, ties, .25f), lattice(chosen, trellis, ties, .25f));
        }
    }

    @Test
    void shouldStayWithinTheLimitWhateverTheCoordinates() {
        float[] x = TestVectors.normal(SEED, 128);
        x[5] = 1e30f;
        x[70] = -1e30f;
        for (Trellis trellis : LATTICES) {
            float[] points = lattice(chosen, trellis, x, .25f);
            assertArrayEquals(lattice(scalar, trellis, x, .25f), points);
            for (float point : points) {
                assertTrue(Math.abs(point) <= 4 * LIMIT + 2, "level " + point);
            }
        }
    }

    /** All 2^8 sequences of input bits of each lane, by squares in double; metrics are rounded to 1/64. */
    @Test
    void shouldFindTheNearestOfAllAdmissibleSequences() {
        for (Trellis trellis : LATTICES) {
            for (int trial = 0; trial < 20; trial++) {
                float[] x = TestVectors.normal(SEED + trial, CodingKernels.LANES * STEPS, 1.5f);
                float[] points = lattice(scalar, trellis, x, .25f);
                for (int lane = 0; lane < CodingKernels.LANES; lane++) {
                    Errors errors = errors(trellis, false, lane, x, points, CodingKernelsTest::nearestInteger);
                    double rounding = STEPS * 2.0 / CodingKernels.METRIC_UNITS;
                    assertTrue(errors.found < errors.best + rounding, trellis + ", lane " + lane + ": " + errors);
                }
            }
        }
    }

    private static double nearestInteger(int subset, double v) {
        return subset + 4 * Math.rint((v - subset) / 4);
    }

    private interface Nearest {
        double of(int subset, double v);
    }

    /** Sums of squares of the nearest sequence and of the sequence found, which must be admissible. */
    private record Errors(double best, double found) {}

    private static Errors errors(
            Trellis trellis, boolean closed, int lane, float[] x, float[] points, Nearest nearest) {
        double best = Double.MAX_VALUE;
        boolean admissible = false;
        for (int inputs = 0; inputs < 1 << STEPS; inputs++) {
            double sum = 0;
            boolean same = true;
            for (int t = 0; t < STEPS; t++) {
                double v = x[CodingKernels.LANES * t + lane];
                double point = nearest.of(subset(trellis, closed ? inputs | inputs << STEPS : inputs << STEPS,
                        t + STEPS), v);
                sum += (v - point) * (v - point);
                same &= Math.abs(point - points[CodingKernels.LANES * t + lane]) < 1e-6;
            }
            best = Math.min(best, sum);
            admissible |= same;
        }
        assertTrue(admissible, trellis + ", lane " + lane);
        double found = 0;
        for (int t = 0; t < STEPS; t++) {
            int i = CodingKernels.LANES * t + lane;
            found += (x[i] - points[i]) * (x[i] - points[i]);
        }
        return new Errors(best, found);
    }

    /** Returns the subset by the formulas, not by states, for a step preceded by all bits it needs. */
    private static int subset(Trellis trellis, int inputs, int t) {
        int u = inputs >> t & 1;
        return switch (trellis) {
            case NONE -> throw new AssertionError("it has no subsets");
            case EIGHT -> 2 * (u ^ bit(inputs, t - 1) ^ bit(inputs, t - 3)) + bit(inputs, t - 2);
            case THIRTY_TWO -> 2 * (u ^ bit(inputs, t - 2) ^ bit(inputs, t - 5)) + bit(inputs, t - 3);
            case SIXTY_FOUR -> 2 * (u ^ bit(inputs, t - 1) ^ bit(inputs, t - 6))
                    + (bit(inputs, t - 2) ^ bit(inputs, t - 4));
        };
    }

    private static int bit(int inputs, int t) {
        return inputs >> t & 1;
    }

    /**
     * Returns the smallest sum of squares of a lane by the Viterbi algorithm from end to end, in double.
     *
     * @param start state in which the lane begins
     * @param closed whether it also ends in that state
     */
    private static double least(Trellis trellis, int start, boolean closed, double[][] squares) {
        double[] metrics = new double[trellis.states()];
        Arrays.fill(metrics, Double.POSITIVE_INFINITY);
        metrics[start] = 0;
        double[] next = new double[metrics.length];
        for (double[] step : squares) {
            Arrays.fill(next, Double.POSITIVE_INFINITY);
            for (int state = 0; state < metrics.length; state++) {
                for (int input = 0; input < 2; input++) {
                    int subset = trellis.subset(state, input);
                    int to = trellis.next(state, subset);
                    next[to] = Math.min(next[to], metrics[state] + step[subset]);
                }
            }
            double[] swapped = metrics;
            metrics = next;
            next = swapped;
        }
        return closed ? metrics[start] : Arrays.stream(metrics).min().orElseThrow();
    }

    /** Returns the squares by step and subset. */
    private static double[][] squares(int lane, float[] x, Nearest nearest) {
        double[][] squares = new double[x.length / CodingKernels.LANES][4];
        for (int t = 0; t < squares.length; t++) {
            for (int subset = 0; subset < 4; subset++) {
                float v = x[CodingKernels.LANES * t + lane];
                double error = nearest.of(subset, v) - v;
                squares[t][subset] = error * error;
            }
        }
        return squares;
    }

    private static double squaredDistance(float[] x, float[] points) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - points[i]) * (x[i] - points[i]);
        }
        return sum;
    }

    /** The loss of arcs, whose metrics start with steps of the preceding arc, and of 16 bits. */
    @ParameterizedTest
    @ValueSource(ints = {1024, 2048, 4096})
    void shouldLoseNextToNothingByArcs(int n) {
        for (Trellis trellis : LATTICES) {
            double least = 0;
            double found = 0;
            for (int trial = 0; trial < 20; trial++) {
                float[] x = TestVectors.normal(SEED + trial, n, 2f);
                found += squaredDistance(x, lattice(chosen, trellis, x, .25f));
                for (int lane = 0; lane < CodingKernels.LANES; lane++) {
                    least += least(trellis, 0, false, squares(lane, x, CodingKernelsTest::nearestInteger));
                }
            }
            Measurement.print("%s, %d coordinates: %.5f of the least error", trellis, n, found / least);
            assertTrue(found / least < 1.01, trellis + ": " + found / least);
        }
    }

    private static Stream<TrellisCodebook> codebooks() {
        return Stream.of(Trellis.values())
            .filter(trellis -> trellis != Trellis.NONE)
            .flatMap(trellis -> IntStream.rangeClosed(1, TrellisCodebook.MOST_BITS).mapToObj(bits -> {
                float[] points = new float[2 << bits];
                for (int j = 0; j < points.length; j++) {
                    points[j] = (j - (points.length - 1) / 2f) * 4.4f / points.length;
                }
                return new TrellisCodebook(trellis, bits, points);
            }));
    }

    @ParameterizedTest
    @MethodSource("codebooks")
    void shouldFindTheSamePointsAsTheScalarLoopsAndTheirIndices(TrellisCodebook codebook) {
        for (int n : new int[]{128, 512, 1024, 4096}) {
            float[] x = TestVectors.normal(SEED + n, n);
            x[7] = 1e20f;
            x[99] = -3e30f;
            for (float[] input : new float[][]{x, ties(n), new float[n]}) {
                MemorySegment[] indices = {room(4L * n), room(4L * n)};
                MemorySegment[] points = {room(4L * n), room(4L * n)};
                scalar.codebookTrellis(codebook, TestVectors.offHeap(input), n, .9f, indices[0], points[0]);
                chosen.codebookTrellis(codebook, TestVectors.offHeap(input), n, .9f, indices[1], points[1]);
                assertArrayEquals(TestVectors.floats(points[0]), TestVectors.floats(points[1]));
                assertEquals(-1, indices[0].mismatch(indices[1]));
                for (CodingKernels kernels : new CodingKernels[]{scalar, chosen}) {
                    MemorySegment decoded = room(4L * n);
                    kernels.codebookPoints(codebook, indices[0], n, decoded);
                    assertArrayEquals(TestVectors.floats(points[0]), TestVectors.floats(decoded));
                    decoded.copyFrom(indices[0]);
                    kernels.codebookPoints(codebook, decoded, n, decoded);
                    assertArrayEquals(TestVectors.floats(points[0]), TestVectors.floats(decoded), "in place");
                }
            }
        }
    }

    /**
     * All 2^8 circles of input bits of each lane: on circles this short the search is not exact, but its result is one
     * of them.
     */
    @ParameterizedTest
    @MethodSource("codebooks")
    void shouldFindCircles(TrellisCodebook codebook) {
        for (int trial = 0; trial < 20; trial++) {
            float[] x = TestVectors.normal(SEED + trial, CodingKernels.LANES * STEPS);
            float[] points = points(codebook, x);
            clamp(codebook, x);
            for (int lane = 0; lane < CodingKernels.LANES; lane++) {
                Errors errors = errors(codebook.trellis(), true, lane, x, points,
                        (subset, v) -> nearestPoint(codebook, subset, v));
                assertTrue(errors.found > errors.best - 1e-3, errors.toString());
            }
        }
    }

    /** Against the best of all circles: those through each state, one after another. */
    @ParameterizedTest
    @MethodSource("codebooks")
    void shouldFindCirclesAboutAsNearAsTheNearest(TrellisCodebook codebook) {
        for (int n : new int[]{1024, 4096}) {
            float[] x = TestVectors.normal(SEED, n);
            float[] points = points(codebook, x);
            clamp(codebook, x);
            double least = 0;
            for (int lane = 0; lane < CodingKernels.LANES; lane++) {
                double[][] squares = squares(lane, x, (subset, v) -> nearestPoint(codebook, subset, v));
                least += IntStream.range(0, codebook.trellis().states())
                    .mapToDouble(state -> least(codebook.trellis(), state, true, squares))
                    .min()
                    .orElseThrow();
            }
            double ratio = squaredDistance(x, points) / least;
            Measurement.print("%s, %d bits, %d coordinates: %.5f of the least error", codebook.trellis(),
                    codebook.bits(), n, ratio);
            assertTrue(ratio < 1.06, codebook.trellis() + ": " + ratio);
        }
    }

    private float[] points(TrellisCodebook codebook, float[] x) {
        MemorySegment points = room(4L * x.length);
        chosen.codebookTrellis(codebook, TestVectors.offHeap(x), x.length, 1, room(4L * x.length), points);
        return TestVectors.floats(points);
    }

    private static void clamp(TrellisCodebook codebook, float[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.clamp(x[i], -codebook.limit(), codebook.limit());
        }
    }

    private static double nearestPoint(TrellisCodebook codebook, int subset, double v) {
        double nearest = codebook.point(subset);
        for (int j = subset; j < 2 << codebook.bits(); j += 4) {
            nearest = Math.abs(v - codebook.point(j)) < Math.abs(v - nearest) ? codebook.point(j) : nearest;
        }
        return nearest;
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

    private static RansTable table(double variance, Trellis trellis) {
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
        for (double variance : new double[]{.4, 1, 4, 60}) {
            for (Trellis trellis : List.of(Trellis.NONE, Trellis.EIGHT, Trellis.THIRTY_TWO)) {
                RansTable table = table(variance, trellis);
                float[] x = TestVectors.normal(SEED, n, (float) Math.sqrt(variance));
                MemorySegment points = TestVectors.offHeap(
                        trellis == Trellis.NONE ? rounded(x) : lattice(scalar, trellis, x, .25f));
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
        RansTable[] tables = {table(1, Trellis.EIGHT), table(4, Trellis.EIGHT)};
        for (int trial = 0; trial < 200; trial++) {
            RansTable table = tables[trial % tables.length];
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

    /** Returns a state that is followed by an odd symbol. */
    private static int oddState(Trellis trellis) {
        int state = 0;
        while (trellis.parity(state) == 0) {
            state++;
        }
        return state;
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
        for (Trellis trellis : List.of(Trellis.NONE, Trellis.EIGHT, Trellis.THIRTY_TWO)) {
            RansTable table = table(4, trellis);
            for (int parity = 0; parity < (trellis == Trellis.NONE ? 1 : 2); parity++) {
                int total = 0;
                for (int k = -RansTable.OFFSET; k < RansTable.OFFSET; k++) {
                    if (trellis == Trellis.NONE || (k & 1) == parity) {
                        int frequency = table.frequency(k);
                        for (int slot = total; slot < total + frequency; slot++) {
                            assertEquals(k, table.symbol(slot, parity == 0 ? 0 : oddState(trellis)));
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

    @Test
    void shouldFindSlotsOfFewSymbolsInRegisters() {
        for (Trellis trellis : List.of(Trellis.NONE, Trellis.EIGHT, Trellis.THIRTY_TWO)) {
            assertEquals(0, table(60, trellis).few().length);
            for (double variance : trellis == Trellis.NONE ? new double[]{.2} : new double[]{.2, 1}) {
                RansTable table = table(variance, trellis);
                int[] few = table.few();
                for (int place = 0; place < (trellis == Trellis.NONE ? 1 : 2) * RansTable.TOTAL; place++) {
                    int bucket = place >> RansTable.BUCKET_SHIFT;
                    int symbol = few[bucket];
                    for (int i = 1; i <= RansTable.BOUNDARIES; i++) {
                        symbol += place >= few[RansTable.FEW * i + bucket] ? 1 : 0;
                    }
                    int slot = place & RansTable.TOTAL - 1;
                    int entry = few[RansTable.FEW * (1 + RansTable.BOUNDARIES) + symbol]
                            + (slot << RansTable.SLOT_SHIFT);
                    assertEquals(table.slots()[place], entry, "slot " + place);
                }
            }
        }
    }

    @Test
    void shouldDivideStatesByFrequencies() {
        RansTable table = table(4, Trellis.EIGHT);
        for (int symbol = -largest(4); symbol <= largest(4); symbol++) {
            int frequency = table.frequency(symbol);
            for (int x = 0; x <= (1 << 21) - frequency; x += frequency) {
                assertEquals(x / frequency, table.quotient(x, symbol));
                assertEquals((x + frequency - 1) / frequency, table.quotient(x + frequency - 1, symbol));
            }
        }
    }
}
