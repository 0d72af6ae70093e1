package org.eden4j.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** By chance: 1e-6, in 241 comparisons at six standard errors and one of 2^41 pairs of random numbers. */
class BlockSeedTest {
    private static final long SEED = 7;

    /**
     * Hashes 2^21 tuples of small integers. Random 64-bit numbers would collide with probability 2^42 / 2^65 = 1e-7;
     * their low and high 32 bits collide 2^41 / 2^32 = 512 times, with standard deviation sqrt(512).
     */
    @Test
    void shouldNotCollideOverSmallIntegers() {
        long[] seeds = new long[1 << 21];
        int next = 0;
        for (int job = 0; job < 8; job++) {
            for (int round = 0; round < 64; round++) {
                for (int worker = 0; worker < 32; worker++) {
                    for (int block = 0; block < 128; block++) {
                        seeds[next++] = own(job, round, worker, block);
                    }
                }
            }
        }
        assertEquals(0, collisions(seeds));
        double expected = 512;
        int low = collisions(Arrays.stream(seeds).map(seed -> seed & 0xFFFFFFFFL).toArray());
        int high = collisions(Arrays.stream(seeds).map(seed -> seed >>> 32).toArray());
        assertEquals(expected, low, 6 * Math.sqrt(expected), "collisions of the low halves");
        assertEquals(expected, high, 6 * Math.sqrt(expected), "collisions of the high halves");
    }

    @Test
    void shouldTellNumbersApartWhoseSumsAreEqual() {
        assertNotEquals(own(1, 2, 3, 4), own(1, 2, 4, 3));
        assertNotEquals(own(1, 2, 3, 4), own(2, 1, 3, 4));
        assertNotEquals(own(0, 0, 0, 1), own(0, 0, 1, 0));
        assertNotEquals(own(0, 1, 0, 0), own(1, 0, 0, 0));
        assertNotEquals(own(0, 0, 0, 0), own(0, 0, BlockSeed.AGGREGATOR, 0));
    }

    @Test
    void shouldFlipHalfTheBitsWhenAnyInputBitFlips() {
        int trials = 4096;
        SplittableRandom random = new SplittableRandom(SEED);
        int[] flipped = new int[64 + 64 + 15 + 32];
        for (int trial = 0; trial < trials; trial++) {
            long job = random.nextLong();
            long round = random.nextLong();
            int worker = random.nextInt(1 << 15);
            int block = random.nextInt(1 << 20);
            long before = own(job, round, worker, block);
            for (int bit = 0; bit < 64; bit++) {
                flipped[bit] += Long.bitCount(before ^ own(job ^ 1L << bit, round, worker, block));
                flipped[64 + bit] += Long.bitCount(before ^ own(job, round ^ 1L << bit, worker, block));
            }
            for (int bit = 0; bit < 15; bit++) {
                flipped[128 + bit] += Long.bitCount(before ^ own(job, round, worker ^ 1 << bit, block));
            }
            for (int bit = 0; bit < 32; bit++) {
                flipped[143 + bit] += Long.bitCount(before ^ own(job, round, worker, block ^ 1 << bit));
            }
        }
        double standardError = Math.sqrt(64 / 4.0 / trials);
        for (int bit = 0; bit < flipped.length; bit++) {
            double mean = (double) flipped[bit] / trials;
            assertEquals(32, mean, 6 * standardError, "input bit " + bit + " of seed " + SEED);
        }
    }

    @Test
    void shouldBalanceEveryOutputBitOverSmallIntegers() {
        int trials = 1 << 16;
        int[] ones = new int[64];
        for (int i = 0; i < trials; i++) {
            long seed = own(1, i >>> 8, i & 15, i >>> 4 & 15);
            for (int bit = 0; bit < 64; bit++) {
                ones[bit] += (int) (seed >>> bit & 1);
            }
        }
        for (int bit = 0; bit < 64; bit++) {
            double z = (2.0 * ones[bit] - trials) / Math.sqrt(trials);
            assertTrue(Math.abs(z) < 6, "output bit " + bit + ": z = " + z);
        }
    }

    /** Seeds are part of the wire contract: both sides derive the same. */
    @Test
    void shouldStayAsItIs() {
        assertEquals(splitMix(splitMix(splitMix(splitMix(11) + 22) + 33) + 44), own(11, 22, 33, 44));
    }

    /** Performs one step of java.util.SplittableRandom's documented generator, from a state. */
    private static long splitMix(long state) {
        long z = state + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static long own(long jobSeed, long round, int worker, int block) {
        return BlockSeed.of(jobSeed, round, worker, block).own();
    }

    @Test
    void shouldShareOneSeedAmongWorkersAndNoneWithTheAggregator() {
        long shared = BlockSeed.of(1, 2, 0, 4).shared();
        for (int worker = 1; worker < 100; worker++) {
            BlockSeed seed = BlockSeed.of(1, 2, worker, 4);
            assertEquals(shared, seed.shared());
            assertNotEquals(shared, seed.own());
        }
        assertNotEquals(shared, BlockSeed.of(1, 2, BlockSeed.AGGREGATOR, 4).shared());
        assertNotEquals(shared, BlockSeed.of(1, 2, 0, 5).shared());
        assertNotEquals(shared, BlockSeed.of(1, 3, 0, 4).shared());
    }

    @Test
    void shouldRefuseWorkerNumbersThatHaveAnotherMeaning() {
        for (int worker : new int[]{-1, Integer.MIN_VALUE, 0xFFFE}) {
            String message = assertThrows(IllegalArgumentException.class, () -> BlockSeed.of(1, 2, worker, 3))
                .getMessage();
            assertEquals("worker must be from 0 to 65533, got " + worker, message);
        }
    }

    private static int collisions(long[] values) {
        Arrays.sort(values);
        int equal = 0;
        for (int i = 1; i < values.length; i++) {
            equal += values[i] == values[i - 1] ? 1 : 0;
        }
        return equal;
    }
}
