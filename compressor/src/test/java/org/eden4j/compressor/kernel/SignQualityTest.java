package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.eden4j.compressor.BlockSeed;
import org.eden4j.compressor.Measurement;
import org.junit.jupiter.api.Test;

/**
 * The random signs behave like coin tosses in the way they are used: seeds from small integers, all coordinates.
 *
 * <p>The sum of the signs of N fair coins has the standard error sqrt(N). The largest of M such z-scores exceeds
 * sqrt(2 ln M + 28) with probability 1e-7, and the mean of their squares is off by more than 2 sqrt(14/M) + 28/M with
 * probability 2 exp(-14) = 1.7e-6 (Laurent and Massart 2000, lemma 1).
 *
 * <p>By chance: 2e-5, in six such pairs and one z-score at 5.5.
 */
class SignQualityTest {
    private static final long JOB = 1;

    @Test
    void shouldBalanceOverall() {
        int blocks = 1024;
        int n = 4096;
        long ones = 0;
        for (int block = 0; block < blocks; block++) {
            ones += weight(signs(BlockSeed.of(JOB, 0, 0, block).own(), 0, n));
        }
        double z = zScore(ones, (long) blocks * n);
        assertTrue(Math.abs(z) < 5.5, "z = " + z);
    }

    @Test
    void shouldBalanceAtEveryCoordinate() {
        int trials = 4096;
        int n = 2048;
        int[] ones = new int[n];
        for (int trial = 0; trial < trials; trial++) {
            long[] signs = signs(BlockSeed.of(JOB, trial, 3, 7).own(), 0, n);
            for (int i = 0; i < n; i++) {
                ones[i] += bit(signs, i);
            }
        }
        check("coordinates", n, i -> ones[i], trials);
    }

    @Test
    void shouldNotCorrelateAnyTwoCoordinates() {
        int trials = 8192;
        int n = 128;
        long[][] bySeed = new long[n][trials / 64];
        for (int trial = 0; trial < trials; trial++) {
            long[] signs = signs(BlockSeed.of(JOB, trial, 0, 0).own(), 0, n);
            for (int i = 0; i < n; i++) {
                bySeed[i][trial / 64] |= (long) bit(signs, i) << trial;
            }
        }
        int pairs = n * (n - 1) / 2;
        int[] differences = new int[pairs];
        int pair = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                differences[pair++] = distance(bySeed[i], bySeed[j]);
            }
        }
        check("pairs of coordinates", pairs, p -> differences[p], trials);
    }

    @Test
    void shouldNotCorrelateDistantCoordinates() {
        int n = 1 << 14;
        int blocks = 16;
        int[] differences = new int[n / 2];
        for (int block = 0; block < blocks; block++) {
            long[] signs = signs(BlockSeed.of(JOB, 5, 0, block).own(), 0, n);
            for (int shift = 1; shift <= n / 2; shift++) {
                differences[shift - 1] += shiftedDistance(signs, shift, n / 2);
            }
        }
        check("shifts", n / 2, shift -> differences[shift], blocks * (n / 2));
    }

    @Test
    void shouldNotCorrelateStreamsOfOneBlock() {
        int n = 4096;
        int blocks = 256;
        int[] differences = new int[3];
        for (int block = 0; block < blocks; block++) {
            long seed = BlockSeed.of(JOB, 0, 0, block).own();
            long[][] rounds = {signs(seed, 0, n), signs(seed, 1, n), signs(seed, 2, n)};
            differences[0] += distance(rounds[0], rounds[1]);
            differences[1] += distance(rounds[0], rounds[2]);
            differences[2] += distance(rounds[1], rounds[2]);
        }
        check("pairs of streams", 3, pair -> differences[pair], blocks * n);
    }

    @Test
    void shouldNotCorrelateNeighboursInBlockWorkerRoundOrJob() {
        int n = 4096;
        int many = 64;
        long[][] grid = new long[4 * many][];
        for (int k = 0; k < many; k++) {
            grid[k] = signs(BlockSeed.of(JOB, 1, 1, k + 2).own(), 0, n);
            grid[many + k] = signs(BlockSeed.of(JOB, 1, k + 2, 1).own(), 0, n);
            grid[2 * many + k] = signs(BlockSeed.of(JOB, k + 2, 1, 1).own(), 0, n);
            grid[3 * many + k] = signs(BlockSeed.of(k + 2, 1, 1, 1).own(), 0, n);
        }
        int pairs = grid.length * (grid.length - 1) / 2;
        int[] differences = new int[pairs];
        int pair = 0;
        for (int i = 0; i < grid.length; i++) {
            for (int j = 0; j < i; j++) {
                differences[pair++] = distance(grid[i], grid[j]);
            }
        }
        check("pairs of seeds", pairs, p -> differences[p], n);
    }

    @Test
    void shouldFlipHalfTheSignsWhenAnyKeyBitFlips() {
        int n = 4096;
        int trials = 32;
        SplittableRandom random = new SplittableRandom(99);
        int[] differences = new int[96];
        for (int trial = 0; trial < trials; trial++) {
            long seed = random.nextLong();
            int stream = random.nextInt();
            long[] before = signs(seed, stream, n);
            for (int bit = 0; bit < 64; bit++) {
                differences[bit] += distance(before, signs(seed ^ 1L << bit, stream, n));
            }
            for (int bit = 0; bit < 32; bit++) {
                differences[64 + bit] += distance(before, signs(seed, stream ^ 1 << bit, n));
            }
        }
        check("key bits", 96, bit -> differences[bit], trials * n);
    }

    @Test
    void shouldSeeWhatItWouldRefuse() {
        long[] signs = signs(JOB, 0, 4096);
        long[] alike = signs.clone();
        alike[0] = ~0L;
        Arrays.fill(alike, 1, 16, 0L);
        double z = zScore(distance(signs, alike), 4096);
        assertTrue(Math.abs(z) > 5, "signs that share three quarters of their bits have z = " + z);
    }

    /** Checks M counts of N tosses each: no z-score is too large, and the mean of their squares is near 1. */
    private static void check(String what, int many, IntUnaryOperator counts, int throwsEach) {
        double largest = 0;
        double squares = 0;
        for (int i = 0; i < many; i++) {
            double z = zScore(counts.applyAsInt(i), throwsEach);
            largest = Math.max(largest, Math.abs(z));
            squares += z * z;
        }
        double limit = Math.sqrt(2 * Math.log(many) + 28);
        String report = Measurement.print("%d %s: largest |z| %.2f, mean z^2 %.4f", many, what, largest,
                squares / many);
        assertTrue(largest < limit, report);
        assertEquals(1, squares / many, 2 * Math.sqrt(14.0 / many) + 28.0 / many, report);
    }

    private static double zScore(long ones, long coins) {
        return (2.0 * ones - coins) / Math.sqrt(coins);
    }

    /** Returns the sign of coordinate i as bit i mod 64 of word i / 64. */
    private static long[] signs(long seed, int stream, int n) {
        MemorySegment words = Arena.ofAuto().allocate(4L * Kernels.signWordCount(n), 64);
        ScalarKernels.streamWords(seed, stream, words, 0, Kernels.signWordCount(n));
        long[] signs = new long[n / 64];
        for (int i = 0; i < n; i++) {
            int word = words.getAtIndex(ScalarKernels.INT, i / 512 * 16 + i % 16);
            signs[i / 64] |= (long) (word >>> 31 - i / 16 % 32 & 1) << i;
        }
        return signs;
    }

    private static int bit(long[] signs, int i) {
        return (int) (signs[i / 64] >>> i & 1);
    }

    private static long weight(long[] signs) {
        return Arrays.stream(signs).map(Long::bitCount).sum();
    }

    private static int distance(long[] a, long[] b) {
        int differences = 0;
        for (int i = 0; i < a.length; i++) {
            differences += Long.bitCount(a[i] ^ b[i]);
        }
        return differences;
    }

    /** Returns the number of the first {@code count} coordinates that differ from the one {@code shift} later. */
    private static int shiftedDistance(long[] signs, int shift, int count) {
        int differences = 0;
        for (int i = 0; i < count / 64; i++) {
            int at = i + shift / 64;
            long later = signs[at] >>> shift;
            if (shift % 64 != 0) {
                later |= signs[at + 1] << -shift;
            }
            differences += Long.bitCount(signs[i] ^ later);
        }
        return differences;
    }
}
