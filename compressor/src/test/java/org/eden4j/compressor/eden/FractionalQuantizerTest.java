package org.eden4j.compressor.eden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.eden4j.compressor.TestVectors;
import org.eden4j.compressor.kernel.Codebook;
import org.eden4j.compressor.kernel.ScalarKernels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fractional numbers of bits: {@link MixedQuantizer} and {@link DroppingQuantizer}. */
class FractionalQuantizerTest {
    private static final long SEED = 91;

    @ParameterizedTest
    @ValueSource(doubles = {.004, .1, .3, .5, .999})
    void shouldKeepExactlySoManyCoordinates(double bits) {
        for (int size : new int[]{128, 1024, 4096}) {
            float[] c = quantize(bits, size);
            int members = (int) Math.max(12, Math.round(bits * size));
            double centroid = Codebook.ofBits(1).centroid(0);
            assertEquals(members, TestVectors.count(c, value -> value != 0), "of " + size);
            assertEquals(members, TestVectors.count(c, value -> Math.abs(value) == centroid), "of " + size);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.1, 1.5, 2.5, 3.25, 7.9})
    void shouldUseTheLargerCodebookForExactlySoManyCoordinates(double bits) {
        int low = (int) bits;
        for (int size : new int[]{128, 1024, 4096}) {
            float[] c = quantize(bits, size);
            int large = (int) Math.round((bits - low) * size);
            assertEquals(large, TestVectors.count(c, value -> contains(low + 1, value)), "of " + size);
            assertEquals(size - large, TestVectors.count(c, value -> contains(low, value)), "of " + size);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {.1, .5, 1.5, 2.5, 7.9})
    void shouldSpendItsBits(double bits) {
        for (int size : new int[]{128, 1024, 65_536}) {
            double packed = 8.0 * Quantizer.packedBytes(bits, size) / size;
            assertEquals(bits, packed, 9.0 / size);
        }
    }

    /** Quantizes N(0,1) coordinates and unpacks the bytes to the same centroids. */
    private static float[] quantize(double bits, int size) {
        Quantizer quantizer = Quantizer.ofBits(bits, new ScalarKernels());
        MemorySegment y = TestVectors.offHeap(TestVectors.normal(SEED, size));
        MemorySegment packed = Arena.ofAuto().allocate(3 + Quantizer.packedBytes(bits, size));
        MemorySegment centroids = Arena.ofAuto().allocate(4L * size, 64);
        quantizer.quantize(y, size, 1, 0, SEED, packed, 3, centroids);
        MemorySegment unpacked = Arena.ofAuto().allocate(4L * size, 64).fill((byte) 1);
        quantizer.unpack(packed, 3, quantizer.packedBytes(size), size, SEED, unpacked);
        assertArrayEquals(TestVectors.floats(centroids), TestVectors.floats(unpacked));
        return TestVectors.floats(unpacked);
    }

    private static boolean contains(int bits, double value) {
        float[] centroids = Codebook.ofBits(bits).floatCentroids();
        return Arrays.binarySearch(centroids, (float) Math.abs(value)) >= 0;
    }
}
