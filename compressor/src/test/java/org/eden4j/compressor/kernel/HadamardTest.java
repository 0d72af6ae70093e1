package org.eden4j.compressor.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.eden4j.compressor.TestVectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The transform against its definition. Coordinates are small integers, so that float32 sums are exact. */
class HadamardTest {
    private static final long SEED = 2718;
    private static final int LARGEST_COORDINATE = 127;

    static Stream<Arguments> kernelsAndSizes() {
        return Stream.of(new ScalarKernels(), KernelProvider.kernels())
            .flatMap(kernels -> Stream.of(128, 256, 512, 1024, 2048, 4096, 8192)
                .map(size -> Arguments.of(kernels, size)));
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void shouldBeTheMatrixOfSignsByCommonOnes(Kernels kernels, int size) {
        int[] x = integers(size);
        float[] transformed = transformed(kernels, x);
        int step = Math.max(1, size / 1024);
        for (int i = 0; i < size; i += step) {
            long expected = 0;
            for (int j = 0; j < size; j++) {
                expected += Integer.bitCount(i & j) % 2 == 0 ? x[j] : -x[j];
            }
            assertEquals(expected, transformed[i], "row " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void shouldMultiplyTheSquaredNormByTheSize(Kernels kernels, int size) {
        int[] x = integers(size);
        double squaredNorm = TestVectors.squaredNorm(asFloats(x));
        assertEquals(size * squaredNorm, TestVectors.squaredNorm(transformed(kernels, x)));
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void shouldBeItsOwnInverseUpToTheSize(Kernels kernels, int size) {
        float[] x = asFloats(integers(size));
        MemorySegment segment = TestVectors.offHeap(x);
        kernels.hadamard(segment, size);
        MemorySegment noSigns = Arena.ofAuto().allocate(4L * Kernels.signWordCount(size), 64);
        kernels.rotate(segment, 0, size, noSigns, 0, 1f / size, segment);
        assertArrayEquals(x, TestVectors.floats(segment));
    }

    @ParameterizedTest
    @MethodSource("kernelsAndSizes")
    void shouldUndoTheSignsOfARotation(Kernels kernels, int size) {
        float[] x = asFloats(integers(size));
        MemorySegment segment = TestVectors.offHeap(x);
        MemorySegment signs = Arena.ofAuto().allocate(4L * Kernels.signWordCount(size), 64);
        kernels.signWords(SEED, 1, signs, size);
        kernels.rotate(segment, 0, size, signs, 0, .5f, segment);
        assertTrue(TestVectors.relativeError(x, TestVectors.floats(segment)) > .5, "the rotation moves the vector");
        kernels.hadamard(segment, size);
        MemorySegment back = Arena.ofAuto().allocate(4L * size, 64);
        kernels.addSigned(segment, size, signs, 2f / size, back, 0);
        assertArrayEquals(x, TestVectors.floats(back));
    }

    private static int[] integers(int size) {
        return new SplittableRandom(SEED).ints(size, -LARGEST_COORDINATE, LARGEST_COORDINATE + 1).toArray();
    }

    private static float[] asFloats(int[] integers) {
        float[] x = new float[integers.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = integers[i];
        }
        return x;
    }

    private static float[] transformed(Kernels kernels, int[] x) {
        MemorySegment segment = TestVectors.offHeap(asFloats(x));
        kernels.hadamard(segment, x.length);
        return TestVectors.floats(segment);
    }
}
