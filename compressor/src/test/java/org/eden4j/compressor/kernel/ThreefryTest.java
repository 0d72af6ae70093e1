package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.api.Test;

class ThreefryTest {
    private static final long SEED = 4321;

    @Test
    void shouldGiveTheKnownAnswersOfRandom123() {
        int[] zero = new int[4];
        int[] ones = {-1, -1, -1, -1};
        int[] piCounter = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
        int[] piKey = {0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89};
        assertArrayEquals(new int[]{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8},
                ReferenceThreefry.block(zero, zero));
        assertArrayEquals(new int[]{0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732},
                ReferenceThreefry.block(ones, ones));
        assertArrayEquals(new int[]{0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84},
                ReferenceThreefry.block(piCounter, piKey));
    }

    @Test
    void shouldGiveTheKnownAnswerOfZeroInTheKernel() {
        assertArrayEquals(new int[]{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8},
                kernelBlock(0, new int[4]));
    }

    @Test
    void shouldBeTheReferenceForAnyKeyAndCounter() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 10_000; trial++) {
            int[] key = random.ints(4).toArray();
            int counter = random.nextInt();
            assertArrayEquals(ReferenceThreefry.block(new int[]{counter, 0, 0, 0}, key), kernelBlock(counter, key),
                    "trial " + trial + " of seed " + SEED);
        }
    }

    @Test
    void shouldLayOutSignWordsByCounterAndOutput() {
        int n = 1 << 14;
        long seed = 0x0123456789ABCDEFL;
        for (Kernels kernels : new Kernels[]{new ScalarKernels(), KernelProvider.kernels()}) {
            int count = Kernels.signWordCount(n);
            MemorySegment words = Arena.ofAuto().allocate(4L * 3 * count, 64);
            kernels.signWords(seed, 3, words, n);
            for (int i = 0; i < 3 * count; i++) {
                int word = i % count;
                int counter = word / 64 * 16 + word % 16;
                int[] expected = ReferenceThreefry.block(new int[]{counter, 0, 0, 0},
                        new int[]{0x89ABCDEF, 0x01234567, i / count, 0x6564656E});
                assertEquals(expected[word / 16 % 4], words.getAtIndex(ScalarKernels.INT, i),
                        "round " + i / count + ", word " + word);
            }
        }
    }

    @Test
    void shouldNegateTheCoordinatesThatTheWordsName() {
        int n = 4096;
        MemorySegment words = Arena.ofAuto().allocate(4L * Kernels.signWordCount(n), 64);
        MemorySegment sum = Arena.ofAuto().allocate(4L * n, 64);
        float[] ones = new float[n];
        Arrays.fill(ones, 1);
        for (Kernels kernels : new Kernels[]{new ScalarKernels(), KernelProvider.kernels()}) {
            kernels.signWords(SEED, 1, words, n);
            sum.fill((byte) 0);
            kernels.addSigned(TestVectors.offHeap(ones), n, words, 1, sum, 0);
            for (int i = 0; i < n; i++) {
                float expected = ReferenceThreefry.negates(SEED, 0, i) ? -1 : 1;
                assertEquals(expected, sum.getAtIndex(ScalarKernels.FLOAT, i), "coordinate " + i);
            }
        }
    }

    private static int[] kernelBlock(int counter, int[] key) {
        MemorySegment words = Arena.ofAuto().allocate(4 * 64);
        ScalarKernels.threefry(counter, key[0], key[1], key[2], key[3], words, 0);
        int[] block = new int[4];
        for (int i = 0; i < 4; i++) {
            block[i] = words.getAtIndex(ScalarKernels.INT, 16L * i);
        }
        return block;
    }
}
